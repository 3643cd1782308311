namespace CrossEncoders.Documents;

/// <summary>How good a place is for a cut, the best first.</summary>
internal enum Cut
{
    Heading,
    Paragraph,
    Line,
    Sentence,
    Piece,

    /// <summary>Between a heading or a table's header and what it belongs to.</summary>
    Bound,
}

/// <summary>A stretch of a document that is kept whole if possible: a heading, a sentence, a list item's sentence, a table row.
/// Units tile the text: each ends where the next one starts, white space belongs to the unit before it.</summary>
internal sealed record Unit(int Start, int End, Cut Cut)
{
    /// <summary>1 to 6 for a heading, 0 for anything else.</summary>
    public int Level { get; init; }

    /// <summary>The text of a heading.</summary>
    public string? Heading { get; init; }

    /// <summary>The header of the table that this row continues; null outside tables and for the header itself.</summary>
    public string? TableHeader { get; init; }
}
