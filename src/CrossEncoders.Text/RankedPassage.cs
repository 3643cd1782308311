namespace CrossEncoders;

/// <summary>A passage with its score, as <c>CrossEncoder.Rank</c> returns it.</summary>
/// <param name="CorpusId">Index of the passage in the list that was ranked.</param>
/// <param name="Score">The score after the activation.</param>
/// <param name="Text">The passage.</param>
public sealed record RankedPassage(int CorpusId, float Score, string Text);
