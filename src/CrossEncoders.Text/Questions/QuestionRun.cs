using System.Collections.Concurrent;
using CrossEncoders.Chunking;
using CrossEncoders.LanguageModels;
using Microsoft.Extensions.AI;

namespace CrossEncoders.Questions;

/// <summary>Asks about every passage once, through <see cref="ModelCalls"/>; every passage ends answered or reported.</summary>
internal sealed class QuestionRun
{
    private readonly QuestionGenerator _generator;
    private readonly AnswerJournal? _journal;
    private readonly QaDatasetOptions _options;
    private readonly IProgress<WorkProgress>? _progress;
    private readonly IChatClient _calls;
    private readonly Budget _budget;
    private int _done;

    public QuestionRun(
        QuestionGenerator generator,
        AnswerJournal? journal,
        QaDatasetOptions options,
        IProgress<WorkProgress>? progress = null
    )
    {
        (_generator, _journal, _options, _progress) = (generator, journal, options, progress);
        _budget = new Budget(options.TokenBudget, options.CostBudget, options.Price);
        var rules = options.Rules() with { Journal = journal, Budget = _budget, Objection = generator.Objection };
        _calls = ModelCalls.Through(generator.Client, rules);
    }

    /// <summary>Answers with at least one question, by passage hash.</summary>
    public ConcurrentDictionary<string, RecordedAnswer> Answers { get; } = new();

    /// <summary>Passages without an answer, by hash, with the reason.</summary>
    public ConcurrentDictionary<string, string> Failures { get; } = new();

    /// <summary>What this run has used.</summary>
    public QuestionUsage Usage
    {
        get
        {
            var (requests, tokens) = _budget.Used;
            return new QuestionUsage(requests, tokens.Input, tokens.Output, _options.Price?.Of(tokens));
        }
    }

    /// <summary>Asks about all passages; for those in the journal the answers come from there.</summary>
    /// <exception cref="CrossEncoderException">The endpoint is gone or refuses every call, or the journal cannot be written.</exception>
    public async Task AskAsync(IReadOnlyList<Chunk> chunks, CancellationToken cancellation)
    {
        var plan = QuestionPlan.Of(chunks, _generator, _options, _journal);
        var passages = chunks.DistinctBy(chunk => chunk.Hash).ToList();
        _done = plan.InJournal;
        _progress?.Report(new WorkProgress("questions", _done, passages.Count, plan.ToString()));
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = ModelCalls.Places(_generator.Client, _options.MaxConcurrency),
            CancellationToken = cancellation,
        };
        await Parallel
            .ForEachAsync(passages, parallel, async (chunk, stop) =>
            {
                var isNew = !_generator.IsAnswered(chunk, _journal);
                await AskAsync(chunk, stop).ConfigureAwait(false);
                if (isNew)
                    _progress?.Report(new WorkProgress("questions", Interlocked.Increment(ref _done), passages.Count, Detail()));
            })
            .ConfigureAwait(false);
    }

    private async Task AskAsync(Chunk chunk, CancellationToken cancellation)
    {
        var call = _generator.Call(chunk);
        try
        {
            var response = await _calls.GetResponseAsync(_generator.Messages(chunk), call, cancellation).ConfigureAwait(false);
            Answers[chunk.Hash] = ModelCalls.Record(call, response, _generator.Client);
        }
        catch (UnansweredException error)
        {
            Failures[chunk.Hash] = error.Message;
        }
    }

    private string Detail() =>
        string.Join(", ", new[] { Failures.IsEmpty ? null : $"{Failures.Count} failed", _budget.ToString() }.OfType<string>());
}
