using System.Collections.Concurrent;
using CrossEncoders.Chunking;
using CrossEncoders.LanguageModels;

namespace CrossEncoders.Questions;

/// <summary>Asks about every passage once: bounded concurrency, retries, a budget, a journal; every passage ends answered or reported.</summary>
internal sealed class QuestionRun(
    QuestionGenerator generator,
    AnswerJournal? journal,
    QaDatasetOptions options,
    IProgress<WorkProgress>? progress
)
{
    /// <summary>So many passages in a row given up for want of a connection mean that the endpoint is gone.</summary>
    private const int EndpointGone = 10;

    private readonly UsageTally _tally = new(options);
    private int _done;
    private int _givenUp;
    private long _notBefore;
    private volatile bool _schemaWorks;
    private volatile bool _schemaRefused;

    /// <summary>Answers with at least one question, by passage hash.</summary>
    public ConcurrentDictionary<string, RecordedAnswer> Answers { get; } = new();

    /// <summary>Passages without an answer, by hash, with the reason.</summary>
    public ConcurrentDictionary<string, string> Failures { get; } = new();

    /// <summary>What this run has used.</summary>
    public QuestionUsage Usage => _tally.Usage;

    public async Task AskAsync(IReadOnlyList<Chunk> chunks, CancellationToken cancellation)
    {
        var open = new List<Chunk>();
        foreach (var chunk in chunks.DistinctBy(chunk => chunk.Hash))
            if (journal?.Answers.GetValueOrDefault(chunk.Hash) is { } answer && generator.IsAnswered(chunk, answer))
                Answers[chunk.Hash] = answer;
            else
                open.Add(chunk);
        var total = open.Count + Answers.Count;
        _done = Answers.Count;
        progress?.Report(
            new WorkProgress("questions", _done, total, QuestionPlan.Of(chunks, generator, options, journal?.Answers).ToString())
        );
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.MaxConcurrency, CancellationToken = cancellation };
        await Parallel
            .ForEachAsync(open, parallel, async (chunk, stop) =>
            {
                await AskAsync(chunk, stop).ConfigureAwait(false);
                var detail = string.Join(
                    ", ",
                    new[] { Failures.IsEmpty ? null : $"{Failures.Count} failed", _tally.ToString() }.OfType<string>()
                );
                progress?.Report(new WorkProgress("questions", Interlocked.Increment(ref _done), total, detail));
            })
            .ConfigureAwait(false);
    }

    private async Task AskAsync(Chunk chunk, CancellationToken cancellation)
    {
        var expected = generator.Estimate(chunk);
        var structured = options.StructuredOutput && !_schemaRefused;
        var wasRefused = false;
        for (var attempt = 1; ; attempt++)
        {
            while (Interlocked.Read(ref _notBefore) - Environment.TickCount64 is > 0 and var pause)
                await Task.Delay(TimeSpan.FromMilliseconds(pause), cancellation).ConfigureAwait(false);
            if (!_tally.TryReserve(expected))
            {
                Failures[chunk.Hash] = _tally.BudgetReason;
                return;
            }
            var (answer, error) = await TryAsync(chunk, attempt, structured, cancellation).ConfigureAwait(false);
            _tally.Settle(expected, answer);
            if (answer is not null)
            {
                if (structured)
                    _schemaWorks = true;
                else if (wasRefused)
                    _schemaRefused = true;
            }
            if (answer is not null && QuestionGenerator.Parse(chunk, answer, options.Styles).Count > 0)
            {
                journal?.Append(answer);
                Answers[chunk.Hash] = answer;
                Interlocked.Exchange(ref _givenUp, 0);
                return;
            }
            var reason =
                answer is not null ? Describe(answer.Answer)
                : error is OperationCanceledException ? $"no answer within {options.RequestTimeout.TotalSeconds:0.###} s"
                : error!.Message;
            // A refusal may be meant for the schema, as long as the endpoint never answered with one.
            var refused = structured && !_schemaWorks && error is not null && Retries.MayBeRefusalOfSchema(error);
            // What a record or a rule says does not change.
            if (error is null ? expected == default : !refused && Retries.IsHopeless(error))
            {
                Failures[chunk.Hash] = reason;
                return;
            }
            if (attempt >= options.MaxAttempts)
            {
                Failures[chunk.Hash] = $"{reason} (after {attempt} attempts)";
                if (error is not null && Interlocked.Increment(ref _givenUp) >= EndpointGone)
                    throw Gone(reason);
                return;
            }
            wasRefused |= refused;
            structured &= !refused && answer is null; // an answer of no use may come of the schema as well
            if (refused)
                continue;
            if (Retries.RetryAfter(error) is { } asked)
                PauseAll(asked);
            else
                await Task.Delay(Retries.Delay(error, attempt, options.RetryDelay), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>A server that says when to come again says so to all calls.</summary>
    private void PauseAll(TimeSpan time)
    {
        var until = Environment.TickCount64 + (long)Math.Ceiling(time.TotalMilliseconds);
        for (var known = Interlocked.Read(ref _notBefore); known < until; )
        {
            var found = Interlocked.CompareExchange(ref _notBefore, until, known);
            if (found == known)
                return;
            known = found;
        }
    }

    /// <summary>One call: the answer, or what went wrong. A wrong key or address and a cancellation end the run.</summary>
    private async Task<(RecordedAnswer? Answer, Exception? Error)> TryAsync(
        Chunk chunk,
        int attempt,
        bool structured,
        CancellationToken cancellation
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.RequestTimeout);
        try
        {
            // WaitAsync: a client that ignores its token must not hold the run up.
            return (await generator.AskAsync(chunk, attempt, structured, limit.Token).WaitAsync(limit.Token).ConfigureAwait(false), null);
        }
        catch (Exception e) when (Retries.IsFatal(e))
        {
            throw new CrossEncoderException(
                $"The language model refuses to answer: {e.Message} Check the address, the key and the model's name."
                    + (journal is null ? "" : " What was answered is in the journal."),
                e
            );
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            return (null, e);
        }
    }

    private CrossEncoderException Gone(string reason) =>
        new(
            $"{EndpointGone} chunks in a row got no answer, the last because: {reason}. The endpoint seems to be gone. "
                + (
                    journal is null
                        ? "Start again when it is back; with a journal nothing would be asked twice."
                        : "Start again when it is back: the run goes on from the journal."
                )
        );

    private static string Describe(string answer) =>
        string.IsNullOrWhiteSpace(answer)
            ? "the answer was empty"
            : $"no question in the answer '{(answer.Length > 80 ? answer[..80] + "…" : answer)}'";
}
