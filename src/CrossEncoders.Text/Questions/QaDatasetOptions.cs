using CrossEncoders.Chunking;
using CrossEncoders.Documents;
using CrossEncoders.LanguageModels;

namespace CrossEncoders.Questions;

/// <summary>How a folder of documents becomes questions.</summary>
public sealed record QaDatasetOptions
{
    /// <summary>Which documents are read.</summary>
    public DocumentOptions Documents { get; init; } = new();

    /// <summary>How they are cut.</summary>
    public ChunkingOptions Chunking { get; init; } = new();

    /// <summary>How many questions are asked for, and at most kept, for each chunk (default 3).</summary>
    public int QuestionsPerChunk { get; init; } = 3;

    /// <summary>The language of the questions, "en" or "zh"; null for that of each chunk (the default).</summary>
    public string? Language { get; init; }

    /// <summary>The styles of questions asked for, in turn: some of <see cref="QuestionStyles.All"/>, or your own words for one.</summary>
    public IReadOnlyList<string> Styles { get; init; } = QuestionStyles.Default;

    /// <summary>Passages with good questions, shown to the model before each chunk in the same language (default none).</summary>
    public IReadOnlyList<QuestionExample> Examples { get; init; } = [];

    /// <summary>
    /// The system message, with the placeholders <c>{{questions}}</c> (how many), <c>{{language}}</c> and <c>{{styles}}</c>. The passage is
    /// the user message, always: what it says is material and never stands among the instructions.
    /// </summary>
    public string PromptTemplate { get; init; } = QuestionPrompt.DefaultTemplate;

    /// <summary>Whether the endpoint is asked for JSON of a given schema (default true). One that refuses it is asked without.</summary>
    public bool StructuredOutput { get; init; } = true;

    /// <summary>The most tokens of an answer; null for the endpoint's own limit (the default).</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>The most calls at a time (default 4), of a <see cref="ModelFleet"/> to each of its endpoints.</summary>
    public int MaxConcurrency { get; init; } = 4;

    /// <summary>How often a chunk is asked about before it is given up and reported (default 5).</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>The wait after a first failure; it doubles with each, unless the server says how long (default 1 second).</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a call may take (default 2 minutes, at most 10).</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// What the model's tokens cost; null where unknown or free. For <see cref="QuestionPlan"/>, the tally and
    /// <see cref="CostBudget"/>.
    /// </summary>
    public ModelPrice? Price { get; init; }

    /// <summary>The most tokens this run may use, read and written together; null for no limit. Chunks left over are reported; a run
    /// with the same journal goes on with them.</summary>
    public long? TokenBudget { get; init; }

    /// <summary>
    /// The most money this run may cost, in the currency of <see cref="Price"/>; null for no limit. See <see cref="TokenBudget"/>.
    /// </summary>
    public decimal? CostBudget { get; init; }

    /// <summary>The file the answers are written to as they arrive and read from when a run starts again; null for none. Answers to other
    /// instructions (another number, style or template) do not count as answers and are asked for anew.</summary>
    public string? Journal { get; init; }

    /// <summary>Handed to the model, which may ignore it, one higher for each further attempt; null for none.</summary>
    public long? Seed { get; init; }

    /// <summary>How the model is called.</summary>
    internal CallRules Rules() =>
        new()
        {
            MaxConcurrency = MaxConcurrency,
            MaxAttempts = MaxAttempts,
            RetryDelay = RetryDelay,
            RequestTimeout = RequestTimeout,
        };

    /// <summary>Checks what can be checked before the first call.</summary>
    /// <exception cref="CrossEncoderException">An option is out of range.</exception>
    internal void Check()
    {
        CallRules.Demand(QuestionsPerChunk >= 1, nameof(QuestionsPerChunk), "at least 1", QuestionsPerChunk);
        CallRules.Demand(Language is null or "en" or "zh", nameof(Language), "\"en\", \"zh\" or null", Language);
        CallRules.Demand(Styles.Count > 0, nameof(Styles), "at least one style", "none");
        CallRules.Demand(MaxOutputTokens is null or > 0, nameof(MaxOutputTokens), "above 0 or null", MaxOutputTokens);
        Rules().Check();
        CallRules.Demand(
            CostBudget is null || Price is not null,
            nameof(CostBudget),
            "used together with Price, which says what a token costs",
            "no Price"
        );
    }
}

/// <summary>A chunk that got no questions.</summary>
/// <param name="ChunkId">The chunk.</param>
/// <param name="Reason">What went wrong the last time.</param>
public sealed record FailedChunk(string ChunkId, string Reason);
