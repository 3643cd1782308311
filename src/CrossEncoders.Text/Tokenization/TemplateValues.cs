using System.Collections;
using System.Globalization;
using System.Text;

namespace CrossEncoders.Tokenization;

/// <summary>
/// Values in a chat template: texts, numbers (long or double), true and false, null, lists, maps, and what is not there.
/// </summary>
internal static class TemplateValues
{
    /// <summary>What a name or key stands for that is not there: written as nothing, and false.</summary>
    public static readonly object Undefined = new();

    public static bool IsTrue(object? value) =>
        value switch
        {
            null => false,
            bool truth => truth,
            string text => text.Length > 0,
            long number => number != 0,
            double number => number != 0,
            ICollection collection => collection.Count > 0,
            _ => value != Undefined,
        };

    public static bool AreEqual(object? left, object? right) =>
        (left, right) switch
        {
            (long a, double b) => a == b,
            (double a, long b) => a == b,
            (List<object?> a, List<object?> b) => a.Count == b.Count && a.Zip(b).All(pair => AreEqual(pair.First, pair.Second)),
            _ => Equals(left, right),
        };

    public static int Compare(object? left, object? right) =>
        (left, right) switch
        {
            (string a, string b) => string.CompareOrdinal(a, b),
            (long or double, long or double) => Number(left).CompareTo(Number(right)),
            _ => throw new CrossEncoderException($"{Text(left)} and {Text(right)} cannot be compared"),
        };

    public static double Number(object? value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);

    /// <summary>As Python writes it.</summary>
    public static string Text(object? value) =>
        value switch
        {
            null => "None",
            string text => text,
            bool truth => truth ? "True" : "False",
            double number => number.ToString("0.0###############", CultureInfo.InvariantCulture),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            List<object?> or Dictionary<string, object?> => Json(value),
            _ => "",
        };

    public static bool Contains(object? container, object? item) =>
        container switch
        {
            string text => text.Contains(Text(item), StringComparison.Ordinal),
            List<object?> list => list.Any(each => AreEqual(each, item)),
            Dictionary<string, object?> map => map.ContainsKey(Text(item)),
            _ => false,
        };

    /// <summary>A part of a value by key or place; <see cref="Undefined"/> where it has none.</summary>
    public static object? Part(object? value, object? key) =>
        (value, key) switch
        {
            (Dictionary<string, object?> map, string name) => map.TryGetValue(name, out var found) ? found : Undefined,
            (List<object?> list, long place) => (place < 0 ? place + list.Count : place) is >= 0 and var i && i < list.Count
                ? list[(int)i]
                : Undefined,
            (string text, long place) => (place < 0 ? place + text.Length : place) is >= 0 and var i && i < text.Length
                ? text[(int)i].ToString()
                : Undefined,
            _ => Undefined,
        };

    /// <summary>The items of a list, the keys of a map, the characters of a text.</summary>
    public static List<object?> Items(object? value) =>
        value switch
        {
            List<object?> list => list,
            Dictionary<string, object?> map => [.. map.Keys],
            string text => [.. text.Select(each => each.ToString())],
            _ => [],
        };

    /// <summary>As Python's json.dumps writes it with ensure_ascii=False, which is what transformers' tojson does.</summary>
    public static string Json(object? value) =>
        value switch
        {
            List<object?> list => $"[{string.Join(", ", list.Select(Json))}]",
            Dictionary<string, object?> map => $"{{{string.Join(", ", map.Select(entry => $"{Quoted(entry.Key)}: {Json(entry.Value)}"))}}}",
            null => "null",
            bool truth => truth ? "true" : "false",
            string text => Quoted(text),
            _ when value == Undefined => throw new CrossEncoderException("tojson is given what is not there"),
            _ => Text(value),
        };

    /// <summary>A text in quotes, with those characters escaped that JSON does not allow as they are.</summary>
    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var each in text)
            _ = each switch
            {
                '"' or '\\' => quoted.Append('\\').Append(each),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                '\b' => quoted.Append("\\b"),
                '\f' => quoted.Append("\\f"),
                < ' ' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)each:x4}"),
                _ => quoted.Append(each),
            };
        return quoted.Append('"').ToString();
    }
}
