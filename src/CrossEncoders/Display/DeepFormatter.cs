using System.Collections;
using System.Reflection;

namespace CrossEncoders.Display;

/// <summary>
/// Stands before one of .NET Interactive's own HTML formatters. Beyond some levels of nesting these write a value as plain text into
/// the HTML, without escaping it; so the last level they reach is written here.
/// </summary>
internal sealed class DeepFormatter(Func<object, object, bool> inner, Func<object, (int Depth, TextWriter Writer)> read, Func<int> limit)
{
    private const BindingFlags Plainly = BindingFlags.DoNotWrapExceptions;

    /// <summary>Writes the value, by the host's formatter unless that could not go deeper; called by the host.</summary>
    public bool Format(object value, object context)
    {
        var (depth, writer) = read(context);
        if (depth < limit())
            return inner(value, context);
        writer.Write(Html.Encode($"{value}"));
        return true;
    }

    /// <summary>
    /// Registers one for each HTML formatter of the host, among its defaults: what types, packages and notebooks bring themselves goes
    /// first, as before. Nothing happens where the host is built otherwise.
    /// </summary>
    /// <param name="host">The host's assembly of formatters.</param>
    /// <param name="formatters">The class in it that registers them.</param>
    public static void RegisterWith(Assembly host, Type? formatters)
    {
        var space = formatters?.Namespace;
        var context = host.GetType($"{space}.FormatContext");
        var (depth, writer) = (context?.GetProperty("Depth"), context?.GetProperty("Writer"));
        var one = host.GetType($"{space}.ITypeFormatter");
        var handler = host.GetType($"{space}.FormatDelegate`1")?.MakeGenericType(typeof(object));
        var format = context is null ? null : one?.GetMethod("Format", [typeof(object), context]);
        var register = handler is null ? null : formatters?.GetMethod("Register", [typeof(Type), handler, typeof(string)]);
        var limit = formatters?.GetProperty("RecursionLimit");
        var (own, defaults) = (Stack(formatters, "_userTypeFormatters"), Stack(formatters, "_defaultTypeFormatters"));
        if (depth is null || writer is null || format is null || register is null || limit is null || own is null || defaults is null)
            return;

        foreach (
            var inner in defaults.Cast<object>().Where(inner => Read<string>(one!, inner, "MimeType") == MimeTypes.Html).Reverse().ToArray()
        )
        {
            var deep = new DeepFormatter(
                (value, at) => (bool)format.Invoke(inner, Plainly, null, [value, at], null)!,
                at => ((int)depth.GetValue(at)!, (TextWriter)writer.GetValue(at)!),
                () => (int)limit.GetValue(null)!
            );
            var deepFormat = typeof(DeepFormatter).GetMethod(nameof(Format))!.CreateDelegate(handler!, deep);
            register.Invoke(null, [Read<Type>(one!, inner, "Type"), deepFormat, MimeTypes.Html]);
            object?[] registered = [null];
            if (own.GetType().GetMethod("TryPop")!.Invoke(own, registered) is true)
                defaults.GetType().GetMethod("Push")!.Invoke(defaults, registered);
        }
    }

    private static IEnumerable? Stack(Type? formatters, string field) =>
        formatters?.GetField(field, BindingFlags.Static | BindingFlags.NonPublic)?.GetValue(null) as IEnumerable;

    private static T? Read<T>(Type type, object target, string property) => (T?)type.GetProperty(property)?.GetValue(target);
}
