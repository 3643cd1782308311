using System.Text.Json;
using CrossEncoders.Chunking;
using CrossEncoders.LanguageModels;
using Microsoft.Extensions.AI;

namespace CrossEncoders.Questions;

/// <summary>
/// What a chat model is asked about a chunk and how its answer is read. The last user message is the chunk's passage and nothing else: in
/// this way a record can be keyed by it, and what a passage says is never read as an instruction of ours. Thread-safe.
/// </summary>
internal sealed class QuestionGenerator
{
    /// <summary>About as many tokens a question has in an answer, its JSON included.</summary>
    private const int TokensPerQuestion = 32;

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
        Client = client;
        _options = options ?? new QaDatasetOptions();
        _options.Check();
        _prompt = new QuestionPrompt(_options);
        _recorded = client.GetService<RecordedAnswers>();
        _isFree = client.GetService<ExtractiveQuestions>() is not null;
        _form = Form(_options.Styles);
    }

    /// <summary>The model.</summary>
    public IChatClient Client { get; }

    /// <summary>The messages about a chunk.</summary>
    public IReadOnlyList<ChatMessage> Messages(Chunk chunk) => _prompt.Messages(LanguageFor(chunk), chunk.Passage);

    /// <summary>What a call about a chunk is, for <see cref="ModelCalls"/>.</summary>
    public CallOptions Call(Chunk chunk)
    {
        var expected = Estimate(chunk);
        return new CallOptions
        {
            Key = chunk.Hash,
            Subject = chunk.DocumentId,
            Prompt = _prompt.Hash(LanguageFor(chunk)),
            Expected = expected,
            IsFixed = expected == default,
            Seed = _options.Seed,
            MaxOutputTokens = _options.MaxOutputTokens,
            ResponseFormat = _options.StructuredOutput ? _form : null,
        };
    }

    /// <summary>What is wrong with an answer: that no question is in it; null where one is.</summary>
    public string? Objection(string answer) =>
        AnswerParser.Parse(answer, _options.Styles).Count > 0 ? null
        : string.IsNullOrWhiteSpace(answer) ? "the answer was empty"
        : $"no question in the answer '{Secrets.Without(Excerpt.Of(answer, 80))}'";

    /// <summary>The questions of an answer about a chunk, not filtered.</summary>
    public IReadOnlyList<GeneratedQuestion> Parse(Chunk chunk, RecordedAnswer answer) =>
        [
            .. AnswerParser
                .Parse(answer.Answer, _options.Styles)
                .Select(question => new GeneratedQuestion(question.Text, question.Style, chunk.Id, answer.Model)),
        ];

    /// <summary>The system message for questions in a language ("en" or "zh").</summary>
    public string Instructions(string language) => _prompt.Messages(language, "")[0].Text;

    /// <summary>The language of the questions about a chunk.</summary>
    public string LanguageFor(Chunk chunk) => _options.Language ?? chunk.Language;

    /// <summary>Whether a journal has an answer of use to what would be asked about a chunk now.</summary>
    public bool IsAnswered(Chunk chunk, AnswerJournal? journal) =>
        journal?.Find(chunk.Hash, _prompt.Hash(LanguageFor(chunk))) is { } known && Objection(known.Answer) is null;

    /// <summary>Whether a record answers, and no model.</summary>
    public bool IsRecorded(Chunk chunk) => _recorded?.Contains(chunk.Hash) ?? false;

    /// <summary>The tokens that a call about a chunk will read and write, about; none where no model is asked.</summary>
    public TokenCount Estimate(Chunk chunk) =>
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
