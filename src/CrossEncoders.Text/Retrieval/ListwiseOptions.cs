using CrossEncoders.LanguageModels;

namespace CrossEncoders.Retrieval;

/// <summary>How a language model is asked to order passages.</summary>
public sealed record ListwiseOptions
{
    /// <summary>How many passages the model sees at a time.</summary>
    public int Window { get; init; } = 20;

    /// <summary>By how many passages the window moves up after each answer; less than the window, so that the best move on.</summary>
    public int Step { get; init; } = 10;

    /// <summary>Where passages are cut, in characters.</summary>
    public int MaxPassageCharacters { get; init; } = 2000;

    /// <summary>The file that answers are written to as they arrive; what is in it is not asked again. Null for none.</summary>
    public string? Journal { get; init; }

    /// <summary>The most queries at a time; the windows of one query come one after the other.</summary>
    public int MaxConcurrency { get; init; } = 4;

    /// <summary>How often the model is asked about a window before its order stays as it was.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>The wait after a first failure; it doubles with each.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a call may take.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The name in tables and charts; null for the model's.</summary>
    public string? Name { get; init; }

    /// <summary>Takes notes on windows without an answer of use; standard error by default.</summary>
    public Action<string> Report { get; init; } = RunningCell.Note;

    /// <summary>How the model is called.</summary>
    internal CallRules Rules() =>
        new()
        {
            Who = "The re-ranking language model",
            MaxConcurrency = MaxConcurrency,
            MaxAttempts = MaxAttempts,
            RetryDelay = RetryDelay,
            RequestTimeout = RequestTimeout,
        };

    /// <exception cref="CrossEncoderException">A setting makes no sense.</exception>
    internal void Check()
    {
        CallRules.Demand(Window >= 2, nameof(Window), "at least 2", Window);
        CallRules.Demand(Step >= 1 && Step < Window, nameof(Step), $"at least 1 and less than the window of {Window}", Step);
        CallRules.Demand(MaxPassageCharacters >= 1, nameof(MaxPassageCharacters), "at least 1", MaxPassageCharacters);
        Rules().Check();
    }
}
