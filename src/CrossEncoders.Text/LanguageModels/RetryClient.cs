using Microsoft.Extensions.AI;
using Polly;
using Polly.Retry;

namespace CrossEncoders.LanguageModels;

/// <summary>
/// Asks again after failures that may pass and answers of no use. The wait doubles with each attempt, unless the server says how long:
/// it says so to all calls. Each attempt has a seed of its own, one higher, since the same one would fail the same way; after an answer
/// of no use, which may be due to the schema, the attempts go on in plain text. A call given up throws <see cref="UnansweredException"/>.
/// </summary>
internal sealed class RetryClient : WholeAnswerClient
{
    private static readonly ResiliencePropertyKey<Call> CallKey = new("call");

    private readonly ResiliencePipeline<ChatResponse> _pipeline = ResiliencePipeline<ChatResponse>.Empty;
    private readonly Func<string, string?> _objection;
    private readonly int _maxAttempts;
    private readonly TimeProvider _time;
    private long _notBefore; // in milliseconds of the clock

    /// <param name="inner">Makes one attempt.</param>
    /// <param name="rules">How many attempts, how far apart, and what is wrong with an answer.</param>
    /// <param name="time">The clock by which it waits; null for the system's.</param>
    public RetryClient(IChatClient inner, CallRules rules, TimeProvider? time = null)
        : base(inner)
    {
        _time = time ?? TimeProvider.System;
        (_objection, _maxAttempts) = (rules.Objection, rules.MaxAttempts);
        if (_maxAttempts == 1)
            return;
        var first = rules.RetryDelay < CallErrors.LongestWait ? rules.RetryDelay : CallErrors.LongestWait;
        var retries = new RetryStrategyOptions<ChatResponse>
        {
            MaxRetryAttempts = _maxAttempts - 1,
            BackoffType = DelayBackoffType.Exponential,
            Delay = first,
            MaxDelay = CallErrors.LongestWait,
            ShouldHandle = attempt => ValueTask.FromResult(MayPass(attempt.Outcome, attempt.Context)),
            DelayGenerator = attempt => ValueTask.FromResult(Pause(attempt.Outcome.Exception)),
        };
        _pipeline = new ResiliencePipelineBuilder<ChatResponse> { TimeProvider = _time }
            .AddRetry(retries)
            .Build();
    }

    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        var call = new Call(messages as IReadOnlyList<ChatMessage> ?? [.. messages], options);
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(CallKey, call);
        try
        {
            var response = await _pipeline
                .ExecuteAsync(async context => await AttemptAsync(call, context.CancellationToken).ConfigureAwait(false), context)
                .ConfigureAwait(false);
            return call.Objection is null ? response : throw new UnansweredException(Reason(call, call.Objection, !call.IsFixed));
        }
        catch (Exception error) when (error is not UnansweredException && !cancellationToken.IsCancellationRequested)
        {
            var isExhausted = !CallErrors.IsHopeless(error);
            var shown = Secrets.Without(error);
            throw new UnansweredException(Reason(call, shown.Message, isExhausted), shown, isExhausted);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async Task<ChatResponse> AttemptAsync(Call call, CancellationToken cancellation)
    {
        while (Interlocked.Read(ref _notBefore) - Now() is > 0 and var pause)
            await Task.Delay(TimeSpan.FromMilliseconds(pause), _time, cancellation).ConfigureAwait(false);
        var options = call.NextOptions();
        call.Objection = null;
        var response = await base.GetResponseAsync(call.Messages, options, cancellation).ConfigureAwait(false);
        call.Objection = ((options as CallOptions)?.Objection ?? _objection)(response.Text);
        return response;
    }

    /// <summary>Whether another attempt may have another outcome.</summary>
    private static bool MayPass(Outcome<ChatResponse> outcome, ResilienceContext context)
    {
        if (context.CancellationToken.IsCancellationRequested)
            return false;
        if (outcome.Exception is { } error)
            return !CallErrors.IsHopeless(error);
        var call = context.Properties.GetValue(CallKey, null!);
        call.IsInText |= call.Objection is not null;
        return call.Objection is not null && !call.IsFixed;
    }

    /// <summary>Where the server says when to come again, all attempts wait until then, and this one no longer than that; else
    /// null.</summary>
    private TimeSpan? Pause(Exception? error)
    {
        if (CallErrors.Wait(error) is not { } asked)
            return null;
        var until = Now() + (long)Math.Ceiling(asked.TotalMilliseconds);
        for (var known = Interlocked.Read(ref _notBefore); known < until; )
        {
            var found = Interlocked.CompareExchange(ref _notBefore, until, known);
            if (found == known)
                break;
            known = found;
        }
        return TimeSpan.Zero;
    }

    private long Now() => (long)_time.GetElapsedTime(0).TotalMilliseconds;

    private static string Reason(Call call, string reason, bool isExhausted) =>
        isExhausted ? $"{reason} (after {call.Attempts} attempt{(call.Attempts == 1 ? "" : "s")})" : reason;

    /// <summary>The state of one call over its attempts.</summary>
    private sealed class Call(IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        public IReadOnlyList<ChatMessage> Messages => messages;

        public int Attempts { get; private set; }

        /// <summary>What is wrong with the last answer.</summary>
        public string? Objection { get; set; }

        /// <summary>Whether no schema is demanded any more.</summary>
        public bool IsInText { get; set; }

        public bool IsFixed => options is CallOptions { IsFixed: true };

        public ChatOptions? NextOptions()
        {
            Attempts++;
            if (options is null || Attempts == 1)
                return options;
            var next = options.Clone();
            next.Seed += Attempts - 1;
            if (IsInText)
                next.ResponseFormat = null;
            return next;
        }
    }
}
