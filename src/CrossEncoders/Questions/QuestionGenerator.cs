using System.Text.Json;
using CrossEncoders.Chunking;
using CrossEncoders.LanguageModels;
using Microsoft.Extensions.AI;

namespace CrossEncoders.Questions;

/// <summary>
/// Asks a chat model for questions about a chunk. The last user message is the chunk's passage and nothing else: so a record can be keyed by
/// it, and what a passage says is never read as an instruction of ours. Thread-safe.
/// </summary>
public sealed class QuestionGenerator
{
    /// <summary>The styles asked for by default.</summary>
    public static readonly IReadOnlyList<string> DefaultStyles = ["natural", "keyword", "symptom"];

    /// <summary>The styles that have a description of their own in the instructions.</summary>
    public static readonly IReadOnlyList<string> AllStyles = [.. DefaultStyles, "comparison"];

    /// <summary>About as many tokens a question has in an answer, its JSON included.</summary>
    private const int TokensPerQuestion = 32;

    private readonly IChatClient _client;
    private readonly QaDatasetOptions _options;
    private readonly QuestionPrompt _prompt;
    private readonly RecordedAnswers? _recorded;
    private readonly bool _isFree;
    private readonly ChatResponseFormat _form;

    /// <summary>A generator.</summary>
    /// <param name="client">The model.</param>
    /// <param name="options">How many questions, of which styles and so on; the defaults where null.</param>
    /// <exception cref="CrossEncoderException">An option is out of range.</exception>
    public QuestionGenerator(IChatClient client, QaDatasetOptions? options = null)
    {
        _client = client;
        _options = options ?? new QaDatasetOptions();
        _options.Check();
        _prompt = new QuestionPrompt(_options);
        _recorded = client.GetService<RecordedAnswers>();
        _isFree = client.GetService<ExtractiveQuestions>() is not null;
        _form = Form(_options.Styles);
    }

    /// <summary>The name of the model, as far as its client tells it.</summary>
    internal string Model =>
        _client.GetService<ChatClientMetadata>()?.DefaultModelId ?? (_isFree ? ExtractiveQuestions.ModelName : "the model");

    /// <summary>The model's raw answer about a chunk.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="attempt">The number of the attempt, from 1. Each has a seed of its own: the same one would fail the same way.</param>
    /// <param name="structured">Whether JSON of a schema is demanded; as the options say where null.</param>
    /// <param name="cancellation">Stops the call.</param>
    public async Task<RecordedAnswer> AskAsync(
        Chunk chunk,
        int attempt = 1,
        bool? structured = null,
        CancellationToken cancellation = default
    )
    {
        var language = LanguageFor(chunk);
        var options = new ChatOptions
        {
            Seed = _options.Seed + attempt - 1,
            MaxOutputTokens = _options.MaxOutputTokens,
            ResponseFormat = structured ?? _options.StructuredOutput ? _form : null,
        };
        var response = await _client
            .GetResponseAsync(_prompt.Messages(language, chunk.Passage), options, cancellation)
            .ConfigureAwait(false);
        return new RecordedAnswer(
            chunk.Hash,
            chunk.DocumentId,
            string.IsNullOrEmpty(response.ModelId) ? Model : response.ModelId,
            response.Text
        )
        {
            Prompt = _prompt.Hash(language),
            InputTokens = response.Usage?.InputTokenCount,
            OutputTokens = response.Usage?.OutputTokenCount,
        };
    }

    /// <summary>The questions of an answer about a chunk, not filtered.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="styles">The styles that were asked for, where some are of your own words; the known ones where null.</param>
    public static IReadOnlyList<GeneratedQuestion> Parse(Chunk chunk, RecordedAnswer answer, IReadOnlyList<string>? styles = null) =>
        [
            .. AnswerParser
                .Parse(answer.Answer, styles)
                .Select(question => new GeneratedQuestion(question.Text, question.Style, chunk.Id, answer.Model)),
        ];

    /// <summary>The system message for questions in a language ("en" or "zh").</summary>
    public string Instructions(string language) => _prompt.Messages(language, "")[0].Text;

    /// <summary>The language of the questions about a chunk.</summary>
    internal string LanguageFor(Chunk chunk) => _options.Language ?? chunk.Language;

    /// <summary>Whether an answer is one to what would be asked now. Records made elsewhere name no prompt and always are.</summary>
    internal bool IsAnswered(Chunk chunk, RecordedAnswer answer) =>
        answer.Prompt is null || answer.Prompt == _prompt.Hash(LanguageFor(chunk));

    /// <summary>Whether a record answers, and no model.</summary>
    internal bool IsRecorded(Chunk chunk) => _recorded?.Contains(chunk.Hash) ?? false;

    /// <summary>The tokens that a call about a chunk will read and write, about; none where no model is asked.</summary>
    internal TokenCount Estimate(Chunk chunk) =>
        _isFree || IsRecorded(chunk)
            ? default
            : new TokenCount(
                _prompt.Tokens(LanguageFor(chunk)) + chunk.Tokens,
                Math.Min(12 + TokensPerQuestion * _options.QuestionsPerChunk, _options.MaxOutputTokens ?? int.MaxValue)
            );

    private static ChatResponseFormat Form(IReadOnlyList<string> styles)
    {
        var question = new
        {
            type = "object",
            properties = new { style = new { type = "string", @enum = styles }, text = new { type = "string" } },
            required = (string[])["style", "text"],
            additionalProperties = false,
        };
        var schema = new
        {
            type = "object",
            properties = new { questions = new { type = "array", items = question } },
            required = (string[])["questions"],
            additionalProperties = false,
        };
        return ChatResponseFormat.ForJsonSchema(
            JsonSerializer.SerializeToElement(schema),
            "questions",
            "Search questions that the passage answers."
        );
    }
}
