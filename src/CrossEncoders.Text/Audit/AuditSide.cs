using System.Security.Cryptography;
using System.Text;
using CrossEncoders.Chunking;
using CrossEncoders.Examples;
using CrossEncoders.Questions;

namespace CrossEncoders.Audit;

/// <summary>A text with its id.</summary>
internal readonly record struct AuditItem(string Id, string Text);

/// <summary>One side of a split, as an audit reads it.</summary>
internal sealed record AuditSide(
    string Name,
    IReadOnlyList<AuditItem> Documents,
    IReadOnlyList<AuditItem> Passages,
    IReadOnlyList<AuditItem> Questions
)
{
    public bool IsEmpty => Documents.Count + Passages.Count + Questions.Count == 0;

    public static AuditSide Of(string name, QaDataset part) =>
        new(
            name,
            [.. part.Documents.Select(document => new AuditItem(document.Id, document.Text))],
            [.. part.Chunks.Select(chunk => new AuditItem(chunk.Id, chunk.Passage))],
            [.. part.Questions.Select(question => new AuditItem(question.Id, question.Text))]
        );

    /// <summary>Examples: a group counts as a document, each passage and each query once.</summary>
    public static AuditSide Of(string name, IReadOnlyList<InputExample> examples) =>
        new(
            name,
            [.. examples.Select(example => example.Group).OfType<string>().Distinct().Select(group => new AuditItem(group, ""))],
            [
                .. examples
                    .DistinctBy(example => example.Passage)
                    .Select(example => new AuditItem(example.Id ?? Chunk.HashOf(example.Passage), example.Passage)),
            ],
            [
                .. examples
                    .DistinctBy(example => example.Query)
                    .Select(example => new AuditItem(example.Group ?? example.Id ?? Chunk.HashOf(example.Query), example.Query)),
            ]
        );

    public static AuditSide Of(IReadOnlyList<TestQuestion> questions) =>
        new("test questions", [], [], [.. questions.Select(question => new AuditItem(question.Id, question.Question))]);

    /// <summary>What a certificate says of this side.</summary>
    public AuditedPart Describe()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in Documents.Concat(Passages).Concat(Questions).Select(item => item.Text).Order(StringComparer.Ordinal))
            hash.AppendData(Encoding.UTF8.GetBytes(text + "\0"));
        return new AuditedPart(
            Name,
            Documents.Count,
            Passages.Count,
            Questions.Count,
            Convert.ToHexStringLower(hash.GetHashAndReset())[..16]
        );
    }
}
