using System.Reflection;
using System.Runtime.ExceptionServices;

namespace CrossEncoders.Display;

/// <summary>
/// .NET Interactive's running cell, reached by reflection: the library does not depend on a notebook host. Its own
/// <c>display(x).Update(y)</c> updates nothing, the context's <c>Display</c> does.
/// </summary>
internal sealed class InteractiveCell : INotebookCell
{
    private const string Host = "Microsoft.DotNet.Interactive";

    private readonly PropertyInfo _current;
    private readonly MethodInfo _display;
    private readonly MethodInfo _update;

    private InteractiveCell(PropertyInfo current, MethodInfo display, MethodInfo update) =>
        (_current, _display, _update) = (current, display, update);

    /// <summary>The context of the cell that is running.</summary>
    public object? Current => _current.GetValue(null);

    /// <summary>The host's cell; null outside .NET Interactive or where it lacks what is needed.</summary>
    public static InteractiveCell? TryFind()
    {
        var assembly = AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(a => a.GetName().Name == Host);
        var context = assembly?.GetType($"{Host}.KernelInvocationContext");
        var current = context?.GetProperty("Current", BindingFlags.Public | BindingFlags.Static);
        var display = FindDisplay(context) ?? FindDisplay(assembly?.GetType($"{Host}.KernelInvocationContextExtensions"));
        var update = display?.ReturnType.GetMethod("Update", [typeof(object)]);
        return current is null || display is null || update is null ? null : new InteractiveCell(current, display, update);
    }

    /// <summary>Does something when the running cell ends; at once where none runs.</summary>
    public static void AtEnd(Action act)
    {
        var context = TryFind()?.Current;
        if (context?.GetType().GetMethod("OnComplete") is { } onComplete)
            onComplete.Invoke(context, [(Action<object>)(_ => act())]);
        else
            act();
    }

    /// <inheritdoc/>
    public Action<object> Display(object context, object value)
    {
        string[] mimeTypes = [MimeTypes.Html];
        var shown = _display.IsStatic ? Call(_display, null, context, value, mimeTypes) : Call(_display, context, value, mimeTypes);
        return next => Call(_update, shown, next);
    }

    // Display(object, params string[]), as a method of the context or as an extension of it.
    private static MethodInfo? FindDisplay(Type? type) =>
        type
            ?.GetMethods()
            .FirstOrDefault(method =>
                method.Name == "Display"
                && !method.IsGenericMethod
                && method
                    .GetParameters()
                    .Select(p => p.ParameterType)
                    .Skip(method.IsStatic ? 1 : 0)
                    .SequenceEqual([typeof(object), typeof(string[])])
            );

    private static object? Call(MethodInfo method, object? target, params object?[] arguments)
    {
        try
        {
            return method.Invoke(target, arguments);
        }
        catch (TargetInvocationException error) when (error.InnerException is not null)
        {
            ExceptionDispatchInfo.Throw(error.InnerException);
            throw;
        }
    }
}
