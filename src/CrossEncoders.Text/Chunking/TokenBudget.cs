namespace CrossEncoders.Chunking;

/// <summary>What a passage may hold: the tokens it has in all, what headings take of them and what is repeated.</summary>
internal sealed class TokenBudget
{
    private readonly ChunkingOptions _options;

    /// <exception cref="CrossEncoderException">The options leave no tokens for a text.</exception>
    public TokenBudget(Func<string, int> count, ChunkingOptions options)
    {
        if (options.MaxTokens < 16)
            throw new CrossEncoderException($"Chunks need MaxTokens of 16 or more, found {options.MaxTokens}; 256 is usual.");
        if (options.OverlapTokens < 0 || options.OverlapTokens > options.MaxTokens / 2)
            throw new CrossEncoderException(
                $"OverlapTokens has to be between 0 and half of MaxTokens ({options.MaxTokens / 2}), found {options.OverlapTokens}."
            );
        Count = count;
        _options = options;
    }

    /// <summary>The number of tokens of a text.</summary>
    public Func<string, int> Count { get; }

    /// <summary>The most tokens of a passage.</summary>
    public int Max => _options.MaxTokens;

    /// <summary>The most tokens that a chunk repeats of the one before.</summary>
    public int Overlap => _options.OverlapTokens;

    /// <summary>The lines in front of a passage; they may take a third of it, so outer headings go where they would take more.</summary>
    public (string Text, int Tokens) Prefix(string title, string section, string? tableHeader)
    {
        var text = "";
        if (_options.IncludeHeadings)
        {
            var parts = (section.Length == 0 ? title : title + Headings.Separator + section).Split(Headings.Separator).ToList();
            while (parts.Count > 0 && (parts.Sum(part => part.Length) > 16 * Max || Count(Headings.Join(parts)) > Max / 3))
                parts.RemoveAt(parts.Count > 2 ? 1 : 0);
            if (parts.Count > 0)
                text = Headings.Join(parts) + "\n";
        }
        if (tableHeader is not null && tableHeader.Length < 16 * Max && Count(tableHeader) <= Max / 4)
            text += tableHeader + "\n";
        return (text, text.Length == 0 ? 0 : Count(text));
    }

    /// <summary>The first of the pieces before a chunk that it repeats.</summary>
    public int OverlapStart(List<Piece> pieces, int from, int start)
    {
        var overlap = start;
        for (var size = 0; overlap > from; overlap--)
            if ((size += pieces[overlap - 1].Tokens) > Overlap)
                break;
        return overlap;
    }
}
