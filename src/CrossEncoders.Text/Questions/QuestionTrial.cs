using CrossEncoders.Chunking;
using Microsoft.Extensions.AI;

namespace CrossEncoders.Questions;

/// <summary>A question found in an answer, and what the filters say.</summary>
/// <param name="Text">The question.</param>
/// <param name="Style">Its style.</param>
/// <param name="Dropped">Why it is dropped; null where it is kept.</param>
public sealed record TriedQuestion(string Text, string Style, string? Dropped);

/// <summary>One passage's way from prompt to questions, to look at before asking about thousands.</summary>
/// <param name="Instructions">What the model is told before it sees the passage.</param>
/// <param name="Passage">The passage, which is the last message and nothing else.</param>
/// <param name="Answer">The model's answer as it came.</param>
/// <param name="Questions">The questions read from it, in order, kept or not.</param>
public sealed record QuestionTrial(string Instructions, string Passage, string Answer, IReadOnlyList<TriedQuestion> Questions)
{
    /// <summary>Asks a model about one chunk, once.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="client">The model.</param>
    /// <param name="options">As for <see cref="QaDataset.CreateAsync(string, IChatClient, Tokenization.TextTokenizer, QaDatasetOptions,
    /// IProgress{WorkProgress}, CancellationToken)"/>.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="CrossEncoderException">An option is out of range.</exception>
    public static async Task<QuestionTrial> AskAsync(
        Chunk chunk,
        IChatClient client,
        QaDatasetOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(client);
        var messages = new QuestionGenerator(client, options).Messages(chunk);
        var response = await client.GetResponseAsync(messages, cancellationToken: cancellation).ConfigureAwait(false);
        return Of(chunk, response.Text, options);
    }

    /// <summary>Reads an answer about a chunk as if a model had given it.</summary>
    /// <exception cref="CrossEncoderException">An option is out of range.</exception>
    public static QuestionTrial Of(Chunk chunk, string answer, QaDatasetOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(chunk);
        ArgumentNullException.ThrowIfNull(answer);
        options ??= new();
        options.Check();
        var filter = new QuestionFilter();
        var asked = chunk with { Language = options.Language ?? chunk.Language };
        var tried = new List<TriedQuestion>();
        foreach (var (text, style) in AnswerParser.Parse(answer, options.Styles))
        {
            var dropped =
                tried.Count(question => question.Dropped is null) < options.QuestionsPerChunk
                    ? filter.Reason(new(text, style, chunk.Id, ""), asked)
                    : QuestionFilter.MoreThanAsked;
            tried.Add(new(text, style, dropped));
        }

        return new(new QuestionPrompt(options).Messages(asked.Language, "")[0].Text, chunk.Passage, answer, tried);
    }
}
