using CrossEncoders.Examples;

namespace CrossEncoders.Evaluation;

/// <summary>A query with the candidates to be ranked.</summary>
/// <param name="Query">The query.</param>
/// <param name="Candidates">The candidates, in the order in which the first stage found them where there was one.</param>
public sealed record RerankingGroup(string Query, IReadOnlyList<RerankingCandidate> Candidates);

/// <summary>A passage to be ranked.</summary>
/// <param name="Passage">The passage.</param>
/// <param name="Grade">1 or more where it is relevant.</param>
public readonly record struct RerankingCandidate(string Passage, int Grade);

/// <summary>
/// How well a model ranks the candidates of each query: MAP, MRR@k and NDCG@k, means over the queries that have both relevant and other
/// candidates. Among equal scores the relevant ones count as last, so that a model whose scores have collapsed to one value gains nothing
/// from the order of the data.
/// </summary>
public sealed class RerankingEvaluator : IPairEvaluator
{
    private readonly RerankingGroup[] _groups;
    private readonly TextPair[] _pairs;
    private readonly RankingMetric[] _metrics;
    private readonly bool _firstStage;

    /// <summary>Evaluates on groups of candidates.</summary>
    /// <param name="groups">Queries and candidates; those without a relevant or without another candidate are left out.</param>
    /// <param name="name">A short name.</param>
    /// <param name="cutoff">The k of MRR@k and NDCG@k.</param>
    /// <param name="firstStage">
    /// Whether the candidates stand in the order of a first stage, whose figures are then given too, as "base_…".
    /// </param>
    /// <exception cref="CrossEncoderException">No group is left.</exception>
    public RerankingEvaluator(IEnumerable<RerankingGroup> groups, string name = "", int cutoff = 10, bool firstStage = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cutoff);
        _groups =
        [
            .. groups.Where(group =>
                group.Candidates.Any(candidate => candidate.Grade > 0) && group.Candidates.Any(candidate => candidate.Grade <= 0)
            ),
        ];
        if (_groups.Length == 0)
            throw new CrossEncoderException(
                "Re-ranking needs queries with relevant and irrelevant candidates, but no query has both. "
                    + "Add negatives, or check the labels."
            );
        _pairs = [.. _groups.SelectMany(group => group.Candidates.Select(candidate => new TextPair(group.Query, candidate.Passage)))];
        _metrics = [Named(RankingMetric.Map(int.MaxValue)), Named(RankingMetric.Mrr(cutoff)), Named(RankingMetric.Ndcg(cutoff))];
        PrimaryMetric = _metrics[^1].Name;
        _firstStage = firstStage;
        Name = name;

        static RankingMetric Named(RankingMetric metric) => metric with { Name = metric.Name.ToLowerInvariant() };
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string PrimaryMetric { get; }

    /// <inheritdoc/>
    public bool HigherIsBetter => true;

    /// <summary>How many queries have something to rank.</summary>
    public int Queries => _groups.Length;

    /// <summary>
    /// An evaluator on examples, which form a group where they share their <see cref="InputExample.Group"/> or, without one, their query.
    /// </summary>
    /// <param name="examples">Pairs with labels from 0 to 1.</param>
    /// <param name="name">A short name.</param>
    /// <param name="cutoff">The k of MRR@k and NDCG@k.</param>
    /// <param name="relevantFrom">The label from which a pair counts as relevant.</param>
    /// <exception cref="CrossEncoderException">No query has relevant and irrelevant passages.</exception>
    public static RerankingEvaluator FromExamples(
        IEnumerable<InputExample> examples,
        string name = "",
        int cutoff = 10,
        float relevantFrom = 0.5f
    ) =>
        new(
            examples
                .GroupBy(example => (example.Group, PassageText.Key(example.Query)))
                .Select(group => new RerankingGroup(
                    group.First().Query,
                    [.. group.Select(example => new RerankingCandidate(example.Passage, example.Label >= relevantFrom ? 1 : 0))]
                )),
            name,
            cutoff
        );

    /// <inheritdoc/>
    public IReadOnlyList<MetricInfo> Metrics =>
        [
            .. _metrics
                .Select(metric => metric.Info)
                .SelectMany(info =>
                    _firstStage
                        ? [info, info with { Name = "base_" + info.Name, Meaning = $"In the order of the first stage: {info.Meaning}" }]
                        : (MetricInfo[])[info]
                ),
        ];

    /// <inheritdoc/>
    public IReadOnlyList<TextPair> Pairs => _pairs;

    /// <inheritdoc/>
    public bool ReadsProbabilities => false;

    /// <inheritdoc/>
    public EvaluationResult Evaluate(IPassageScorer scorer, int epoch = -1, int steps = -1, CancellationToken cancellation = default)
    {
        var logits = LabeledPairs.Score(scorer, _pairs, cancellation);
        var sums = new OrderedDictionary<string, double>();
        var from = 0;
        foreach (var group in _groups)
        {
            var start = from;
            var given = Enumerable.Range(0, group.Candidates.Count).ToArray();
            var grades = given.ToDictionary(i => i.ToString(), i => group.Candidates[i].Grade);
            var ranked = given.OrderByDescending(i => logits[start + i]).ThenBy(i => group.Candidates[i].Grade).ToArray();
            from += given.Length;
            foreach (var metric in _metrics)
            {
                Add(metric.Name, metric, ranked);
                if (_firstStage)
                    Add("base_" + metric.Name, metric, given);
            }

            void Add(string name, RankingMetric metric, int[] order) =>
                sums[name] = sums.GetValueOrDefault(name) + metric.Of(Array.ConvertAll(order, i => i.ToString()), grades) / _groups.Length;
        }
        return new EvaluationResult(Name, epoch, steps, sums);
    }
}
