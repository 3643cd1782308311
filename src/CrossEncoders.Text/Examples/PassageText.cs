using CrossEncoders.Documents;
using CrossEncoders.Texts;

namespace CrossEncoders.Examples;

/// <summary>The text of a passage that has a title.</summary>
internal static class PassageText
{
    /// <summary>Title, space, text; the text alone without a title.</summary>
    /// <remarks>
    /// Tevatron joins them this way for its training data. DPR puts its tokenizer's [SEP] between the two, which here separates query and
    /// passage.
    /// </remarks>
    public static string Joined(string? title, string text) => string.IsNullOrWhiteSpace(title) ? text : $"{title.Trim()} {text}";

    /// <summary>The text of an object such as {"docid", "title", "text"}; null where it has none.</summary>
    public static string? Of(TableObject passage, params ReadOnlySpan<string> alsoNamed)
    {
        var columns = new ColumnIndex([.. passage.Values.Keys]);
        if ((columns.Find(ExampleNames.ObjectTexts) ?? columns.Find(alsoNamed)) is not { } name || passage.Values[name] is not string text)
            return null;
        return Joined(columns.Find("title") is { } title ? passage.Values[title] as string : null, text);
    }

    /// <summary>Equal for texts that differ in case, white space, the way characters are encoded or their last full stop alone.</summary>
    public static string Key(string text) =>
        string.Join(' ', Folding.Of(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .ToLowerInvariant()
            .TrimEnd('.', '。', ' ');
}
