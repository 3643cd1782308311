namespace CrossEncoders;

/// <summary>The beginning of a text, for messages and tables.</summary>
internal static class Excerpt
{
    /// <summary>The text, or as much of it as is allowed and an ellipsis; half a surrogate pair is never left.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="longest">The most characters (UTF-16) of it, at least 1.</param>
    public static string Of(string text, int longest)
    {
        if (text.Length <= longest)
            return text;
        return text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)] + "…";
    }

    /// <summary>The names, or the first of them and how many more there are.</summary>
    public static string List(IReadOnlyCollection<string> names, int most)
    {
        var shown = string.Join(", ", names.Take(most).Select(name => Of(name, 100)));
        return names.Count > most ? $"{shown} and {names.Count - most} more" : shown;
    }
}
