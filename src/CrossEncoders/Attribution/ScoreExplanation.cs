namespace CrossEncoders.Attribution;

/// <summary>A word and its share of a score.</summary>
/// <param name="Text">The word.</param>
/// <param name="Start">Its first character in the query or passage.</param>
/// <param name="Weight">Its share in units of the logit: above 0 it raised the score, below 0 it lowered it.</param>
public sealed record WordWeight(string Text, int Start, float Weight);

/// <summary>Which words made a score.</summary>
/// <remarks>
/// It says what the model's number depends on, not why the passage answers, and not what the model would say of other texts. Test a method
/// with <see cref="DeletionCurve"/> before you rely on it.
/// </remarks>
/// <param name="Query">The query.</param>
/// <param name="Passage">The passage.</param>
/// <param name="Logit">The score that is explained, before sigmoid or other activation.</param>
/// <param name="Method">How it was taken apart.</param>
/// <param name="QueryWords">The query's words in their order; blanks belong to none.</param>
/// <param name="PassageWords">The passage's words in their order.</param>
public sealed record ScoreExplanation(
    string Query,
    string Passage,
    float Logit,
    AttributionMethod Method,
    IReadOnlyList<WordWeight> QueryWords,
    IReadOnlyList<WordWeight> PassageWords
);
