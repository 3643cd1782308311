using static CrossEncoders.Tokenization.TemplateValues;

namespace CrossEncoders.Tokenization;

/// <summary>Filters, tests and methods that chat templates use, by their names in Jinja and Python.</summary>
internal static class TemplateFunctions
{
    /// <summary>What a filter makes of a value.</summary>
    /// <exception cref="CrossEncoderException">There is no such filter.</exception>
    public static object? Filter(string name, object? value, List<object?> arguments, Dictionary<string, object?> named)
    {
        switch (name)
        {
            case "first":
                return Items(value) is [var first, ..] ? first : Undefined;
            case "last":
                return Items(value) is [.., var last] ? last : Undefined;
            case "length" or "count":
                return (long)Items(value).Count;
            case "list":
                return Items(value).ToList();
            case "reverse":
                return Items(value).AsEnumerable().Reverse().ToList();
            case "join":
                return string.Join(Text(arguments.FirstOrDefault("")), Items(value).Select(Text));
            case "map" when named.TryGetValue("attribute", out var attribute):
                return Items(value).Select(each => Part(each, attribute)).ToList();
            case "map" when arguments is [string filter, .. var rest]:
                return Items(value).Select(each => Filter(filter, each, rest, [])).ToList();
            case "selectattr" or "rejectattr" when arguments is [var attribute, .. var rest]:
                var test = rest is [string tested, .. var with] ? new Func<object?, bool>(part => Test(tested, part, with)) : IsTrue;
                return Items(value).Where(each => test(Part(each, attribute)) == (name == "selectattr")).ToList();
            case "default" or "d":
                var replaces = value == Undefined || (arguments is [_, var whereFalse] && IsTrue(whereFalse) && !IsTrue(value));
                return replaces ? arguments.FirstOrDefault("") : value;
            case "string":
                return Text(value);
            case "int":
                return long.TryParse(Text(value), out var number) ? number : 0L;
            case "tojson":
                return Json(value);
            case "safe":
                return value;
            case "trim":
                return Method(Text(value), "strip", arguments);
            case "upper" or "lower" or "replace" or "capitalize" or "title":
                return Method(Text(value), name, arguments);
            default:
                throw new CrossEncoderException($"the filter '{name}' is not supported");
        }
    }

    /// <summary>Whether a value passes a test.</summary>
    /// <exception cref="CrossEncoderException">There is no such test.</exception>
    public static bool Test(string name, object? value, List<object?> arguments) =>
        name switch
        {
            "defined" => value != Undefined,
            "undefined" => value == Undefined,
            "none" => value is null,
            "string" => value is string,
            "mapping" => value is Dictionary<string, object?>,
            "iterable" or "sequence" => value is string or List<object?> or Dictionary<string, object?>,
            "number" => value is long or double,
            "boolean" => value is bool,
            "true" => value is true,
            "false" => value is false,
            "equalto" or "eq" or "==" => AreEqual(value, arguments.FirstOrDefault(Undefined)),
            "ne" or "!=" => !AreEqual(value, arguments.FirstOrDefault(Undefined)),
            "in" => Contains(arguments.FirstOrDefault(), value),
            _ => throw new CrossEncoderException($"the test '{name}' is not supported"),
        };

    /// <summary>What a method of a value gives.</summary>
    /// <exception cref="CrossEncoderException">There is no such method.</exception>
    public static object? Method(object? value, string name, List<object?> arguments)
    {
        string Argument(int index) => Text(arguments[index]);
        char[] Characters() => arguments is [string given, ..] ? given.ToCharArray() : [];
        switch ((value, name))
        {
            case (string text, "strip"):
                return arguments.Count == 0 ? text.Trim() : text.Trim(Characters());
            case (string text, "lstrip"):
                return arguments.Count == 0 ? text.TrimStart() : text.TrimStart(Characters());
            case (string text, "rstrip"):
                return arguments.Count == 0 ? text.TrimEnd() : text.TrimEnd(Characters());
            case (string text, "upper"):
                return text.ToUpperInvariant();
            case (string text, "lower"):
                return text.ToLowerInvariant();
            case (string text, "replace") when arguments.Count == 2:
                return text.Replace(Argument(0), Argument(1), StringComparison.Ordinal);
            case (string text, "startswith") when arguments.Count == 1:
                return text.StartsWith(Argument(0), StringComparison.Ordinal);
            case (string text, "endswith") when arguments.Count == 1:
                return text.EndsWith(Argument(0), StringComparison.Ordinal);
            case (string text, "split") when arguments.Count == 1:
                return text.Split(Argument(0)).ToList<object?>();
            case (Dictionary<string, object?> map, "get") when arguments is [string key, ..]:
                return map.TryGetValue(key, out var found) ? found : arguments.ElementAtOrDefault(1);
            case (Dictionary<string, object?> map, "items"):
                return map.Select(entry => (object?)new List<object?> { entry.Key, entry.Value }).ToList();
            case (Dictionary<string, object?> map, "keys"):
                return map.Keys.ToList<object?>();
            default:
                throw new CrossEncoderException($"'{name}' of {Excerpt.Of(Text(value), 40)} is not supported");
        }
    }
}
