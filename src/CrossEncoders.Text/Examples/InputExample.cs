namespace CrossEncoders.Examples;

/// <summary>One training or validation example: the texts of a pair and how well they belong together.</summary>
/// <param name="Texts">The query and the passage, in this order.</param>
/// <param name="Label">
/// 0 (unrelated) to 1 (answers it), also in between, such as 0.3 or 0.8. For losses that take them: grades, a teacher's logits, or classes.
/// </param>
public sealed record InputExample(IReadOnlyList<string> Texts, float Label)
{
    /// <summary>A name for the example that lasts across files; null where none is needed.</summary>
    public string? Id { get; init; }

    /// <summary>What the example shares with those it must be compared to or kept together with: its question's id.</summary>
    public string? Group { get; init; }

    /// <summary>The first text.</summary>
    public string Query => Texts[0];

    /// <summary>The second text.</summary>
    public string Passage => Texts[1];

    /// <summary>Both texts, as a model takes them.</summary>
    public TextPair Pair => new(Query, Passage);
}
