namespace CrossEncoders.Documents;

/// <summary>What a Markdown file says about itself before its text: YAML between lines of "---", or TOML between lines of "+++".</summary>
internal static class FrontMatter
{
    /// <summary>The text without its front matter, whose keys and values are added to <paramref name="metadata"/>.</summary>
    public static string Without(string text, Dictionary<string, string> metadata)
    {
        var toml = text.StartsWith("+++\n", StringComparison.Ordinal);
        if (!toml && !text.StartsWith("---\n", StringComparison.Ordinal))
            return text;
        var lines = text.Split('\n');
        var end = Array.FindIndex(lines, 1, line => toml ? line.TrimEnd() is "+++" : line.TrimEnd() is "---" or "...");
        var separator = toml ? '=' : ':';
        // A rule at the top of a document is not front matter, whose first line starts with a key.
        if (end < 0 || (end > 1 && !toml && !lines[1].Contains(separator) && !lines[1].StartsWith('#')))
            return text;
        foreach (var line in lines[1..end])
        {
            // The keys of TOML's tables are not the document's own.
            if (toml && line.StartsWith('['))
                break;
            var at = line.IndexOf(separator);
            if (at > 0 && char.IsLetter(line[0]))
                metadata.TryAdd(line[..at].Trim().ToLowerInvariant(), line[(at + 1)..].Trim().Trim('"', '\''));
        }

        return string.Join('\n', lines[(end + 1)..]).TrimStart('\n');
    }
}
