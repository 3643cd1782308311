using System.Globalization;
using CrossEncoders.LanguageModels;

namespace CrossEncoders.Questions;

/// <summary>What a language model's tokens cost.</summary>
/// <param name="InputPerMillion">The price of a million tokens read.</param>
/// <param name="OutputPerMillion">The price of a million tokens written.</param>
/// <param name="Currency">For messages.</param>
public sealed record ModelPrice(decimal InputPerMillion, decimal OutputPerMillion, string Currency = "USD")
{
    /// <summary>The price of so many tokens.</summary>
    public decimal Of(long inputTokens, long outputTokens) => (inputTokens * InputPerMillion + outputTokens * OutputPerMillion) / 1_000_000;
}

/// <summary>What a run has used. Answers from a journal or a record cost nothing and count nothing.</summary>
/// <param name="Requests">Calls made, repeated ones included.</param>
/// <param name="InputTokens">Tokens read; estimated for answers where the endpoint did not say.</param>
/// <param name="OutputTokens">Tokens written, likewise. What a failed call used is not known and not in it.</param>
/// <param name="Cost">Their price; null without <see cref="QaDatasetOptions.Price"/>.</param>
public sealed record QuestionUsage(int Requests, long InputTokens, long OutputTokens, decimal? Cost)
{
    /// <summary>Nothing.</summary>
    public static readonly QuestionUsage None = new(0, 0, 0, null);
}

/// <summary>Tokens read and written.</summary>
internal readonly record struct TokenCount(long Input, long Output)
{
    public static TokenCount operator +(TokenCount a, TokenCount b) => new(a.Input + b.Input, a.Output + b.Output);

    public static TokenCount operator -(TokenCount a, TokenCount b) => new(a.Input - b.Input, a.Output - b.Output);
}

/// <summary>Counts what a run uses and stops it at its budget: calls in flight count with what they are expected to use. Thread-safe.</summary>
internal sealed class UsageTally(QaDatasetOptions options)
{
    private readonly Lock _lock = new();
    private TokenCount _used;
    private TokenCount _reserved;
    private int _requests;
    private bool _spent;

    public QuestionUsage Usage
    {
        get
        {
            lock (_lock)
                return new QuestionUsage(_requests, _used.Input, _used.Output, options.Price?.Of(_used.Input, _used.Output));
        }
    }

    /// <summary>Why no more is asked once the budget is spent.</summary>
    public string BudgetReason =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"not asked: with it the run would exceed its budget of {(options.TokenBudget is { } tokens ? $"{tokens:N0} tokens" : $"{options.CostBudget} {options.Price?.Currency}")}; a run with the same journal goes on here"
        );

    /// <summary>Whether a call of this size is within the budget; if so, it counts from now on. After a first no it is always no, unless the call is free.</summary>
    public bool TryReserve(TokenCount expected)
    {
        lock (_lock)
        {
            var all = _used + _reserved + expected;
            var isOver =
                expected != default
                && (
                    _spent || all.Input + all.Output > options.TokenBudget || options.Price?.Of(all.Input, all.Output) > options.CostBudget
                );
            _spent |= isOver;
            if (!isOver)
                _reserved += expected;
            return !isOver;
        }
    }

    /// <summary>A call has ended: what was reserved for it is free again, what it used counts.</summary>
    public void Settle(TokenCount expected, RecordedAnswer? answer)
    {
        lock (_lock)
        {
            _reserved -= expected;
            if (expected == default)
                return;
            _requests++;
            if (answer is not null)
                _used += new TokenCount(
                    answer.InputTokens ?? expected.Input,
                    answer.OutputTokens ?? QuestionPrompt.EstimateTokens(answer.Answer)
                );
        }
    }

    /// <summary>"12,345 tokens, 0.02 USD"; null before anything was used.</summary>
    public override string? ToString()
    {
        var usage = Usage;
        return usage.InputTokens + usage.OutputTokens == 0
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{usage.InputTokens + usage.OutputTokens:N0} tokens{(usage.Cost is { } cost ? $", {cost:0.00##} {options.Price!.Currency}" : "")}"
            );
    }
}
