using System.Security.Cryptography;
using System.Text;
using CrossEncoders.Documents;

namespace CrossEncoders.Chunking;

/// <summary>A part of a document, small enough for a model to read.</summary>
/// <param name="Id">The document's id, '#' and the chunk's number in the document, from 0.</param>
/// <param name="DocumentId">The document's id.</param>
/// <param name="Title">The document's title.</param>
/// <param name="Section">The headings above the chunk, outermost first, separated by " › "; without the title; may be empty.</param>
/// <param name="Start">Where it starts in <see cref="Document.Text"/>, in UTF-16 units.</param>
/// <param name="Length">Its length in UTF-16 units.</param>
/// <param name="Text">Exactly this slice of <see cref="Document.Text"/>.</param>
/// <param name="Language">"en" or "zh".</param>
/// <param name="Passage">What is searched, ranked and asked about: the headings on a line of their own (if wanted), then the trimmed text;
/// where the chunk starts inside a table, the table's header in between.</param>
/// <param name="Tokens">The number of tokens of <see cref="Passage"/>, without special tokens.</param>
public sealed record Chunk(
    string Id,
    string DocumentId,
    string Title,
    string Section,
    int Start,
    int Length,
    string Text,
    string Language,
    string Passage,
    int Tokens
)
{
    /// <summary>The first 16 hexadecimal digits (lower case) of the SHA-256 of <see cref="Passage"/> in UTF-8.</summary>
    public string Hash { get; } = HashOf(Passage);

    /// <summary>The hash that a passage's chunk has.</summary>
    public static string HashOf(string passage) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(passage)))[..16];
}
