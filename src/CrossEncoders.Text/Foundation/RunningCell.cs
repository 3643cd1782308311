using System.Reflection;

namespace CrossEncoders;

/// <summary>
/// Where a line for the reader goes. Verso keeps what a cell prints until the cell has ended, and marks what is on the error stream as a
/// failure; what is displayed it shows at once. So there a line is displayed, and elsewhere written to the console's error stream, as it is
/// when the line comes: hosts of notebooks give each cell a stream of its own. Verso is reached by reflection: the library depends on no
/// host.
/// </summary>
internal static class RunningCell
{
    private const string Host = "Verso.Abstractions";

    /// <summary>Shows a line below the running cell; null where no cell of Verso runs.</summary>
    public static Action<string>? Display =>
        AppDomain
            .CurrentDomain.GetAssemblies()
            .Where(assembly => assembly.GetName().Name == Host)
            .Where(host => Handler(host)?.GetValue(null) is not null)
            .Select(host => host.GetType($"{Host}.DisplayExtensions")?.GetMethod("Display", [typeof(object), typeof(string)]))
            .OfType<MethodInfo>()
            .Select(display => (Action<string>)(line => display.Invoke(null, [line, "text/plain"])))
            .FirstOrDefault();

    /// <summary>Tells the reader something.</summary>
    public static void Note(string line)
    {
        if (Display is { } display)
            display(line);
        else
            Console.Error.WriteLine(line);
    }

    private static PropertyInfo? Handler(Assembly host) =>
        host.GetType($"{Host}.DisplayContext")?.GetProperty("Current", BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public);
}
