using System.Globalization;

namespace CrossEncoders.LanguageModels;

/// <summary>How a language model is called through <see cref="ModelCalls"/>; the names are those of the options a user sets.</summary>
internal sealed record CallRules
{
    /// <summary>Who is asked, at the beginning of a sentence.</summary>
    public string Who { get; init; } = "The language model";

    /// <summary>The most calls at a time.</summary>
    public int MaxConcurrency { get; init; } = 4;

    /// <summary>How often one thing is asked before it is given up.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>The wait after a first failure; it doubles with each, unless the server says how long.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a request may take.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>What is wrong with an answer, so that it is of no use; null where nothing is. Must be thread-safe.</summary>
    public Func<string, string?> Objection { get; init; } = _ => null;

    /// <summary>Where answers are kept; null for nowhere.</summary>
    public AnswerJournal? Journal { get; init; }

    /// <summary>What may be spent; null where it is not counted.</summary>
    public Budget? Budget { get; init; }

    /// <exception cref="CrossEncoderException">A rule is out of range.</exception>
    public void Check()
    {
        Demand(MaxConcurrency >= 1, nameof(MaxConcurrency), "at least 1", MaxConcurrency);
        Demand(MaxAttempts >= 1, nameof(MaxAttempts), "at least 1", MaxAttempts);
        Demand(RetryDelay >= TimeSpan.Zero, nameof(RetryDelay), "0 or more", RetryDelay);
        Demand(
            RequestTimeout > TimeSpan.Zero && RequestTimeout <= LanguageModel.LongestCall,
            nameof(RequestTimeout),
            "above 0 and at most 10 minutes",
            RequestTimeout
        );
    }

    /// <exception cref="CrossEncoderException">It does not hold.</exception>
    public static void Demand(bool holds, string option, string expected, object? found)
    {
        if (!holds)
            throw new CrossEncoderException(
                string.Create(CultureInfo.InvariantCulture, $"The option {option} has to be {expected}; found {found}.")
            );
    }
}
