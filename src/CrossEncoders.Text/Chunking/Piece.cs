using CrossEncoders.Documents;

namespace CrossEncoders.Chunking;

/// <summary>
/// A unit, or a part of one that is too long, with its tokens and what has to stand in front of a chunk that starts here.
/// </summary>
internal sealed record Piece(int Start, int End, Cut Cut, int Level, string Section, int Tokens, string Prefix, int PrefixTokens);

/// <summary>The pieces that become a chunk: those from <paramref name="Start"/> to before <paramref name="End"/>.</summary>
/// <param name="Start">The first piece that no chunk before has.</param>
/// <param name="End">The first piece that is the next chunk's.</param>
/// <param name="Overlap">The first of the pieces before <paramref name="Start"/> that the chunk repeats.</param>
internal readonly record struct Stretch(int Start, int End, int Overlap);
