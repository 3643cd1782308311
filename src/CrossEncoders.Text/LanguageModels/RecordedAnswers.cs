using CrossEncoders.Chunking;
using CrossEncoders.Files;
using Microsoft.Extensions.AI;

namespace CrossEncoders.LanguageModels;

/// <summary>
/// A chat model that answers from a record: the answer whose key is the hash of the last user message. Where nothing is recorded, another
/// model answers. Thread-safe.
/// </summary>
public sealed class RecordedAnswers : IChatClient
{
    private readonly string _path;
    private readonly IReadOnlyDictionary<string, RecordedAnswer> _answers;
    private readonly IChatClient? _fallback;

    private RecordedAnswers(string path, IReadOnlyDictionary<string, RecordedAnswer> answers, IChatClient? fallback)
    {
        _path = path;
        _answers = answers;
        _fallback = fallback;
    }

    /// <summary>The number of passages with an answer.</summary>
    public int Count => _answers.Count;

    /// <summary>Opens a record (JSON Lines of <see cref="RecordedAnswer"/>). Of several answers to a passage the last one counts;
    /// a last line that was torn when its run was killed is left out.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fallback">Who answers where nothing is recorded; without it that is an error.</param>
    public static RecordedAnswers Open(string path, IChatClient? fallback = null)
    {
        var full = ReadableFile.At(path, "Expected a recorded answer on each line (JSON Lines).");
        return new RecordedAnswers(full, AnswerJournal.Read(full).Answers, fallback);
    }

    /// <summary>Who answers where nothing is recorded; null for nobody.</summary>
    internal IChatClient? Fallback => _fallback;

    /// <summary>The same record with another model behind it.</summary>
    internal RecordedAnswers With(IChatClient fallback) => new(_path, _answers, fallback);

    /// <summary>Whether a passage with this hash has an answer.</summary>
    public bool Contains(string hash) => _answers.ContainsKey(hash);

    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        var all = messages as IReadOnlyList<ChatMessage> ?? [.. messages];
        var passage = all.LastOrDefault(message => message.Role == ChatRole.User)?.Text ?? "";
        if (_answers.TryGetValue(Chunk.HashOf(passage), out var answer))
            return Task.FromResult(answer.ToResponse());
        if (_fallback is not null)
            return _fallback.GetResponseAsync(all, options, cancellationToken);
        throw new CrossEncoderException(
            $"Nothing is recorded in '{_path}' for the passage '{Excerpt.Of(passage, 60)}'. "
                + "Name a language model (OPENAI_BASE_URL, OPENAI_API_KEY, OPENAI_MODEL) or hand a fallback to RecordedAnswers.Open."
        );
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    ) => WholeAnswerClient.Stream(this, messages, options, cancellationToken);

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : _fallback?.GetService(serviceType, serviceKey);

    /// <inheritdoc/>
    public void Dispose() => _fallback?.Dispose();
}
