using System.Globalization;

namespace CrossEncoders.LanguageModels;

/// <summary>
/// Counts what calls use and says when there is no more to spend: calls in flight count with what they are expected to use. Thread-safe.
/// </summary>
/// <param name="tokens">The most tokens, read and written together; null for no limit.</param>
/// <param name="cost">The most money, in the currency of <paramref name="price"/>; null for no limit.</param>
/// <param name="price">What a token costs; null where unknown or free.</param>
internal sealed class Budget(long? tokens = null, decimal? cost = null, ModelPrice? price = null)
{
    private readonly Lock _lock = new();
    private TokenCount _used;
    private TokenCount _reserved;
    private int _requests;
    private bool _isSpent;
    private bool _isMoney; // what was spent, tokens or money

    /// <summary>The calls made, and the tokens that those with an answer used.</summary>
    public (int Requests, TokenCount Tokens) Used
    {
        get
        {
            lock (_lock)
                return (_requests, _used);
        }
    }

    /// <summary>Why no more is asked once the budget is spent.</summary>
    public string Reason
    {
        get
        {
            var limit =
                tokens is { } most && !_isMoney
                    ? string.Create(CultureInfo.InvariantCulture, $"{most:N0} tokens")
                    : string.Create(CultureInfo.InvariantCulture, $"{cost} {price?.Currency}");
            return $"not asked: with it the run would exceed its budget of {limit}; a run with the same journal goes on here";
        }
    }

    /// <summary>
    /// Whether a call of this size is within the budget; if so, it counts from now on. After a first no it is always no, unless the call is
    /// free.
    /// </summary>
    public bool TryReserve(TokenCount expected)
    {
        lock (_lock)
        {
            var all = _used + _reserved + expected;
            var (manyTokens, muchMoney) = (all.Total > tokens, price?.Of(all) > cost);
            var isOver = expected != default && (_isSpent || manyTokens || muchMoney);
            if (isOver && !_isSpent)
                (_isSpent, _isMoney) = (true, !manyTokens);
            if (!isOver)
                _reserved += expected;
            return !isOver;
        }
    }

    /// <summary>
    /// A call has ended: what was reserved for it is free again, what it used counts (nothing that is known where it failed).
    /// </summary>
    public void Settle(TokenCount expected, TokenCount used)
    {
        lock (_lock)
        {
            _reserved -= expected;
            if (expected == default)
                return;
            _requests++;
            _used += used;
        }
    }

    /// <summary>"12,345 tokens, 0.02 USD"; null before anything was used.</summary>
    public override string? ToString()
    {
        var (_, used) = Used;
        if (used.Total == 0)
            return null;
        var money = price is null ? "" : string.Create(CultureInfo.InvariantCulture, $", {price.Of(used):0.00##} {price.Currency}");
        return string.Create(CultureInfo.InvariantCulture, $"{used.Total:N0} tokens{money}");
    }
}
