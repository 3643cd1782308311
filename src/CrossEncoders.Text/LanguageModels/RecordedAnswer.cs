using CrossEncoders.Chunking;
using Microsoft.Extensions.AI;

namespace CrossEncoders.LanguageModels;

/// <summary>A language model's answer about a passage: one line of a record or journal.</summary>
/// <param name="Passage">The passage's hash, see <see cref="Chunk.Hash"/>.</param>
/// <param name="Document">The document it came from; for the reader only.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Answer">Its answer, word for word.</param>
public sealed record RecordedAnswer(string Passage, string Document, string Model, string Answer)
{
    /// <summary>The hash of the instructions and examples that the model had; null where not known.</summary>
    public string? Prompt { get; init; }

    /// <summary>Tokens read, as the endpoint counted them; null where it did not say.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Tokens written, likewise.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>The answer as a model gives it; nothing was read or written for it.</summary>
    internal ChatResponse ToResponse() =>
        new(new ChatMessage(ChatRole.Assistant, Answer))
        {
            ModelId = Model,
            Usage = new UsageDetails { InputTokenCount = 0, OutputTokenCount = 0 },
        };
}
