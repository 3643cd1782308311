using Microsoft.Extensions.AI;

namespace CrossEncoders.LanguageModels;

/// <summary>
/// What a call is about, for the clients of <see cref="ModelCalls"/>; a model sees the <see cref="ChatOptions"/> and nothing else.
/// </summary>
internal sealed class CallOptions : ChatOptions
{
    public CallOptions() { }

    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    private CallOptions(CallOptions other)
        : base(other)
    {
        Key = other.Key;
        Subject = other.Subject;
        Prompt = other.Prompt;
        Expected = other.Expected;
        IsFixed = other.IsFixed;
        Objection = other.Objection;
    }

    /// <summary>What the answer is written down under (<see cref="RecordedAnswer.Passage"/>).</summary>
    public required string Key { get; init; }

    /// <summary>What a reader of the journal knows it by (<see cref="RecordedAnswer.Document"/>).</summary>
    public required string Subject { get; init; }

    /// <summary>The hash of the instructions (<see cref="RecordedAnswer.Prompt"/>); null where the key holds them.</summary>
    public string? Prompt { get; init; }

    /// <summary>About as many tokens will be read and written; none where nobody is paid.</summary>
    public TokenCount Expected { get; init; }

    /// <summary>Whether a record or a rule answers, the same each time: asking again would only cost time.</summary>
    public bool IsFixed { get; init; }

    /// <summary>
    /// What is wrong with an answer to this call, instead of what <see cref="CallRules.Objection"/> says of all; null leaves it at that.
    /// </summary>
    public Func<string, string?>? Objection { get; init; }

    /// <inheritdoc/>
    public override ChatOptions Clone() => new CallOptions(this);
}
