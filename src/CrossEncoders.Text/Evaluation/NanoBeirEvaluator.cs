using CrossEncoders.Hub;

namespace CrossEncoders.Evaluation;

/// <summary>
/// NanoBEIR, the yardstick of the field for re-rankers: 50 queries from each of 13 BEIR sets, BM25's first 100 passages re-ranked. Results
/// have the keys that sentence-transformers prints, such as "NanoMSMARCO_R100_ndcg@10" and "NanoBEIR_R100_mean_ndcg@10", each with that of
/// the first stage ("base_…").
/// </summary>
/// <remarks>
/// The protocol of <c>CrossEncoderNanoBEIREvaluator</c> of sentence-transformers 6, for its data sets in any language. Candidates of equal
/// score stand as trec_eval puts them, by id in descending order; sentence-transformers has a rule for each measure (MRR takes the order of
/// numpy's sort, which is not stable; NDCG the mean over all orders; MAP one threshold), so that its figures differ for such queries.
/// "NanoBEIR_R100_ties" counts them, and <see cref="TieNote"/> says it.
/// </remarks>
/// <example><code>
/// var nanoBeir = NanoBeirEvaluator.FromHub();
/// var result = nanoBeir.Evaluate(model);
/// Console.WriteLine(result.Metrics[nanoBeir.PrimaryMetric]);
/// </code></example>
public sealed class NanoBeirEvaluator : IEvaluator
{
    /// <summary>The data set of sentence-transformers in English.</summary>
    public const string English = "sentence-transformers/NanoBEIR-en";

    private readonly IReadOnlyList<NanoBeirSet> _sets;
    private readonly NanoBeirOptions _options;
    private readonly RankingMetric[] _metrics;

    private NanoBeirEvaluator(IReadOnlyList<NanoBeirSet> sets, NanoBeirOptions options)
    {
        (_sets, _options) = (sets, options);
        _metrics = [RankingMetric.Map(int.MaxValue), RankingMetric.Mrr(options.Cutoff), RankingMetric.Ndcg(options.Cutoff)];
    }

    /// <summary>The 13 sets.</summary>
    public static IReadOnlyList<string> AllSets { get; } =
    [
        "ClimateFEVER",
        "DBPedia",
        "FEVER",
        "FiQA2018",
        "HotpotQA",
        "MSMARCO",
        "NFCorpus",
        "NQ",
        "QuoraRetrieval",
        "SCIDOCS",
        "ArguAna",
        "SciFact",
        "Touche2020",
    ];

    /// <summary>The 11 sets that re-rankers are measured on: all but those of arguments.</summary>
    public static IReadOnlyList<string> UsualSets { get; } = [.. AllSets.Where(name => name is not ("ArguAna" or "Touche2020"))];

    /// <inheritdoc/>
    public string Name => $"NanoBEIR_R{_options.Depth}_mean";

    /// <inheritdoc/>
    public string PrimaryMetric => $"{Name}_ndcg@{_options.Cutoff}";

    /// <inheritdoc/>
    public bool HigherIsBetter => true;

    /// <inheritdoc/>
    public IReadOnlyList<MetricInfo> Metrics =>
        [
            .. _sets
                .Select(set => Declared($"{set.Name}_R{_options.Depth}", set.Name))
                .Append(Declared(Name, $"The mean over {_sets.Count} sets"))
                .SelectMany(infos => infos),
            new(TiesKey, "Queries in which a relevant passage and another have equal scores.", false, "Buckley 2004, trec_eval"),
        ];

    private string TiesKey => $"NanoBEIR_R{_options.Depth}_ties";

    /// <summary>Reads the sets of a folder, in the layout that they have on the hub.</summary>
    /// <param name="folder">With the folders corpus, queries, qrels and bm25, in each the Parquet files of the sets.</param>
    /// <param name="options">What is measured; null for the defaults.</param>
    /// <exception cref="CrossEncoderException">A set is unknown, or a file is missing or broken.</exception>
    public static NanoBeirEvaluator FromFolder(string folder, NanoBeirOptions? options = null)
    {
        options ??= new();
        var full = Path.GetFullPath(folder);
        return new([.. Names(options).Select(name => NanoBeirSet.Read(full, name, options))], options);
    }

    /// <summary>Fetches the sets from the hub, or takes them from its cache.</summary>
    /// <param name="id">The data set, for example one in another language in the same layout.</param>
    /// <param name="options">What is measured; null for the defaults.</param>
    /// <param name="revision">A branch, tag or commit.</param>
    /// <param name="hub">Null for the environment's.</param>
    /// <param name="progress">Told of the bytes that are here.</param>
    /// <param name="cancellation">Ends the download; the next one resumes it.</param>
    /// <exception cref="CrossEncoderException">A set is unknown, or cannot be fetched or read.</exception>
    public static NanoBeirEvaluator FromHub(
        string id = English,
        NanoBeirOptions? options = null,
        string revision = "main",
        HubOptions? hub = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        options ??= new();
        string[] files =
        [
            .. from name in Names(options)
            from part in new[] { NanoBeirSet.Corpus, NanoBeirSet.Questions, NanoBeirSet.Judgments, NanoBeirSet.FirstStage }
            select $"{part}/{name}-*.parquet",
        ];
        return FromFolder(HuggingFaceHub.DownloadDataset(id, files, revision, hub, progress, cancellation), options);
    }

    /// <inheritdoc/>
    public EvaluationResult Evaluate(IPassageScorer scorer, int epoch = -1, int steps = -1, CancellationToken cancellation = default)
    {
        var results = new OrderedDictionary<string, double>();
        var (sums, ties) = (new OrderedDictionary<string, double>(), 0);
        foreach (var set in _sets)
        {
            TextPair[] pairs = [.. set.Queries.SelectMany(query => query.Candidates.Select(each => new TextPair(query.Text, each.Value)))];
            var scores = LabeledPairs.Score(scorer, pairs, cancellation);
            var (means, tied) = Of(set, scores);
            ties += tied;
            foreach (var (key, mean) in means)
            {
                results[$"{set.Name}_R{_options.Depth}_{key}"] = mean;
                sums[key] = sums.GetValueOrDefault(key) + mean;
            }
        }

        foreach (var (key, sum) in sums)
            results[$"{Name}_{key}"] = sum / _sets.Count;
        results[TiesKey] = ties;
        return new(Name, epoch, steps, results);
    }

    /// <summary>What has to be said of queries with equal scores; null where there were none.</summary>
    /// <param name="result">A result of this evaluator.</param>
    public string? TieNote(EvaluationResult result) =>
        result.Metrics.GetValueOrDefault(TiesKey) is > 0 and var ties
            ? $"In {ties} of {_sets.Sum(set => set.Queries.Count)} queries a relevant passage and another one have equal scores. They "
                + "stand here as trec_eval puts them (by id, descending); sentence-transformers has rules of its own for MRR, NDCG "
                + "and MAP, so that its figures differ for these."
            : null;

    private IEnumerable<MetricInfo> Declared(string prefix, string of) =>
        _metrics
            .Select(metric => metric.Info with { Name = $"{prefix}_{Key(metric)}", Meaning = $"{of}: {metric.Meaning}" })
            .Concat(
                _metrics.Select(metric =>
                    metric.Info with
                    {
                        Name = $"{prefix}_base_{Key(metric)}",
                        Meaning = $"{of}, in the order of BM25: {metric.Meaning}",
                    }
                )
            );

    private (OrderedDictionary<string, double> Means, int Ties) Of(NanoBeirSet set, float[] scores)
    {
        var (means, ties, start) = (new OrderedDictionary<string, double>(), 0, 0);
        foreach (var metric in _metrics)
            means[Key(metric)] = 0;
        foreach (var metric in _metrics)
            means[$"base_{Key(metric)}"] = 0;
        foreach (var query in set.Queries)
        {
            var own = scores.AsSpan(start, query.Candidates.Count).ToArray();
            start += own.Length;
            var ranked = RankingMetrics.TrecOrder(query.Candidates.Select((each, i) => KeyValuePair.Create(each.Key, (double)own[i])));
            var isTied = query
                .Candidates.Zip(own, (each, score) => (each.Key, score))
                .GroupBy(each => each.score, each => query.Grades.ContainsKey(each.Key))
                .Any(group => group.Distinct().Count() > 1);
            ties += isTied ? 1 : 0;
            foreach (var metric in _metrics)
            {
                means[Key(metric)] += metric.Of(ranked, query.Grades) / set.Queries.Count;
                means[$"base_{Key(metric)}"] += metric.Of(query.Before, query.GradesBefore) / set.Queries.Count;
            }
        }

        return (means, ties);
    }

    private static string Key(RankingMetric metric) => metric.Name.ToLowerInvariant();

    private static IEnumerable<string> Names(NanoBeirOptions options)
    {
        foreach (var (name, value) in new[] { (nameof(options.Depth), options.Depth), (nameof(options.Cutoff), options.Cutoff) })
        {
            if (value < 1)
                throw new CrossEncoderException($"NanoBeirOptions.{name} is {value}; expected at least 1.");
        }

        if (options.Sets.Count == 0)
            throw new CrossEncoderException($"NanoBeirOptions.Sets is empty; expected some of {string.Join(", ", AllSets)}.");
        foreach (var asked in options.Sets.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            var known = AllSets.FirstOrDefault(name => name.Equals(asked, StringComparison.OrdinalIgnoreCase));
            yield return known is not null
                ? $"Nano{known}"
                : throw new CrossEncoderException(
                    $"NanoBEIR has no set '{asked}'; expected some of {string.Join(", ", AllSets)}, without \"Nano\" in front."
                );
        }
    }
}
