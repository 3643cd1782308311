namespace CrossEncoders;

/// <summary>A query and a passage, read together by a cross-encoder.</summary>
/// <param name="Query">The query or question: the first segment.</param>
/// <param name="Passage">The passage: the second segment.</param>
public readonly record struct TextPair(string Query, string Passage);
