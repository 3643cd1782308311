using System.Collections.Concurrent;

namespace CrossEncoders.Datasets;

/// <summary>Asks about every passage once: bounded concurrency, retries, a journal; every passage ends answered or reported.</summary>
internal sealed class QuestionRun(QuestionGenerator generator, AnswerJournal? journal, QaDatasetOptions options, IProgress<WorkProgress>? progress)
{
    /// <summary>So many passages in a row given up for want of a connection mean that the endpoint is gone.</summary>
    private const int EndpointGone = 10;

    private int _done;
    private int _givenUp;

    /// <summary>Answers with at least one question, by passage hash.</summary>
    public ConcurrentDictionary<string, RecordedAnswer> Answers { get; } = new();

    /// <summary>Passages without an answer, by hash, with the reason.</summary>
    public ConcurrentDictionary<string, string> Failures { get; } = new();

    public async Task AskAsync(IReadOnlyList<Chunk> chunks, CancellationToken cancellation)
    {
        var open = new List<Chunk>();
        foreach (var chunk in chunks.DistinctBy(chunk => chunk.Hash))
            if (journal is not null && journal.Answers.TryGetValue(chunk.Hash, out var answer)) Answers[chunk.Hash] = answer;
            else open.Add(chunk);
        var total = open.Count + Answers.Count;
        _done = Answers.Count;
        progress?.Report(new WorkProgress("questions", _done, total));
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, options.MaxConcurrency), CancellationToken = cancellation };
        await Parallel.ForEachAsync(open, parallel, async (chunk, stop) =>
        {
            await AskAsync(chunk, stop).ConfigureAwait(false);
            var done = Interlocked.Increment(ref _done);
            progress?.Report(new WorkProgress("questions", done, total, Failures.IsEmpty ? null : $"{Failures.Count} failed"));
        }).ConfigureAwait(false);
    }

    private async Task AskAsync(Chunk chunk, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (answer, error) = await TryAsync(chunk, cancellation).ConfigureAwait(false);
            if (answer is not null && QuestionGenerator.Parse(chunk, answer).Count > 0)
            {
                journal?.Append(answer);
                Answers[chunk.Hash] = answer;
                Interlocked.Exchange(ref _givenUp, 0);
                return;
            }
            var reason = answer is not null ? Describe(answer.Answer)
                : error is OperationCanceledException ? $"no answer within {options.RequestTimeout.TotalSeconds:0} s" : error!.Message;
            if (error is not null && Retries.IsHopeless(error))
            {
                Failures[chunk.Hash] = reason;
                return;
            }
            if (attempt >= options.MaxAttempts)
            {
                Failures[chunk.Hash] = $"{reason} (after {attempt} attempts)";
                if (error is not null && Interlocked.Increment(ref _givenUp) >= EndpointGone) throw Gone(reason);
                return;
            }
            await Task.Delay(Retries.Delay(error, attempt, options.RetryDelay), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>One call: the answer, or what went wrong. A wrong key or address and a cancellation end the run.</summary>
    private async Task<(RecordedAnswer? Answer, Exception? Error)> TryAsync(Chunk chunk, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.RequestTimeout);
        try
        {
            // WaitAsync: a client that ignores its token must not hold the run up.
            return (await generator.AskAsync(chunk, limit.Token).WaitAsync(limit.Token).ConfigureAwait(false), null);
        }
        catch (Exception e) when (Retries.IsFatal(e))
        {
            throw new CrossEncoderException(
                $"The language model refuses to answer: {e.Message} Check the address, the key and the model's name." +
                (journal is null ? "" : " What was answered is in the journal."), e);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            return (null, e);
        }
    }

    private CrossEncoderException Gone(string reason) => new(
        $"{EndpointGone} chunks in a row got no answer, the last because: {reason}. The endpoint seems to be gone. " + (journal is null
            ? "Start again when it is back; with a journal nothing would be asked twice."
            : "Start again when it is back: the run goes on from the journal."));

    private static string Describe(string answer) => string.IsNullOrWhiteSpace(answer) ? "the answer was empty"
        : $"no question in the answer '{(answer.Length > 80 ? answer[..80] + "…" : answer)}'";
}
