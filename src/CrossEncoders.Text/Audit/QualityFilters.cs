using CrossEncoders.Questions;
using CrossEncoders.Retrieval;
using CrossEncoders.Texts;

namespace CrossEncoders.Audit;

/// <summary>
/// Filters that need a model or an index. Each works only if it is given one; the order is fixed, the costly last: near-duplicates by
/// words and by meaning, round trip, answerable without the chunk.
/// </summary>
public sealed record QualityFilters
{
    /// <summary>The reason under which near-duplicates by their words are counted.</summary>
    public const string SameWords = "near-duplicate by words";

    /// <summary>The reason under which near-duplicates by meaning are counted.</summary>
    public const string NearDuplicate = "near-duplicate by meaning";

    /// <summary>The reason under which questions are counted whose chunk was not found again.</summary>
    public const string NotFoundAgain = "chunk not found again";

    /// <summary>The reason under which questions are counted that need no chunk.</summary>
    public const string AnswerableWithoutChunk = "answerable without the chunk";

    /// <summary>
    /// Drops a question with this share of its words in common with an earlier one (Jaccard index, for example 0.8), unless their numbers
    /// or codes differ; null keeps them.</summary>
    public double? Overlap { get; init; }

    /// <summary>Drops a question whose meaning is that of an earlier one in the same language; null keeps them.</summary>
    public ITextEmbedder? Embedder { get; init; }

    /// <summary>From this cosine on, two questions are the same (default 0.9). Models of the E5 family
    /// give 0.8 to unrelated texts and drop a fifth of good questions at 0.9: take 0.95 for them.</summary>
    public double Cosine { get; init; } = 0.9;

    /// <summary>Drops a question by which this retriever does not find the chunk again (round-trip consistency, as in Promptagator,
    /// arXiv:2209.11755); null keeps them. It searches the data set's <see cref="QaDataset.Passages"/>.</summary>
    public IRetriever? Retriever { get; init; }

    /// <summary>Among how many results the chunk has to be (default 10).</summary>
    public int TopK { get; init; } = 10;

    /// <summary>
    /// Drops a question that can be answered from general knowledge; null keeps them. Without a verdict a question is kept.
    /// </summary>
    public Judge? Judge { get; init; }
}

/// <summary>Filters the questions of a data set.</summary>
public static class QualityFilterExtensions
{
    /// <summary>The data set with the questions that pass; <see cref="QaDataset.Filtered"/> counts the others by their reason.</summary>
    /// <exception cref="CrossEncoderException">
    /// The overlap is not above 0, the retriever knows none of the chunks, or no question is left.
    /// </exception>
    public static async Task<QaDataset> FilterAsync(
        this QaDataset dataset,
        QualityFilters filters,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var counts = dataset.Filtered.ToDictionary();
        var questions = dataset.Questions;
        if (filters.Overlap is { } overlap)
        {
            Texts.NearDuplicates.Check(overlap, "QualityFilters.Overlap");
            var later = Texts
                .NearDuplicates.Within([.. questions.Select(question => question.Text)], overlap, sameCodes: true)
                .Select(pair => pair.Two)
                .ToHashSet();
            Keep(QualityFilters.SameWords, [.. questions.Select((_, i) => later.Contains(i))]);
        }
        if (filters.Embedder is { } embedder)
            Keep(QualityFilters.NearDuplicate, NearDuplicates(questions, embedder, filters.Cosine, progress, cancellation));
        if (filters.Retriever is { } retriever)
            Keep(
                QualityFilters.NotFoundAgain,
                [
                    .. RoundTrip
                        .Ranks(questions, dataset.Chunks, retriever, filters.TopK, progress, cancellation)
                        .Select(rank => rank is null),
                ]
            );
        if (filters.Judge is { } judge)
        {
            var verdicts = await judge
                .AnswerableWithoutPassageAsync([.. questions.Select(question => question.Text)], progress, cancellation)
                .ConfigureAwait(false);
            Keep(QualityFilters.AnswerableWithoutChunk, [.. verdicts.Select(verdict => verdict == true)]);
        }
        return dataset.With(questions, counts);

        void Keep(string reason, IReadOnlyList<bool> drop)
        {
            counts[reason] = counts.GetValueOrDefault(reason) + drop.Count(yes => yes);
            questions = [.. questions.Where((_, i) => !drop[i])];
            if (questions.Count == 0)
                throw new CrossEncoderException(
                    $"The filter '{reason}' dropped the last questions ({counts[reason]}). Look at them, and at its threshold."
                );
        }
    }

    /// <summary>Whether each question means the same as an earlier one that is kept.</summary>
    private static bool[] NearDuplicates(
        IReadOnlyList<GeneratedQuestion> questions,
        ITextEmbedder embedder,
        double cosine,
        IProgress<WorkProgress>? progress,
        CancellationToken cancellation
    )
    {
        var vectors = embedder.EmbedQueries([.. questions.Select(question => question.Text)], progress, cancellation);
        if (vectors.Length != questions.Count)
            throw new CrossEncoderException(
                $"An embedder must give one vector for each text, but '{embedder.Name}' gave {vectors.Length} for {questions.Count}."
            );
        var drop = new bool[vectors.Length];
        var kept = new Dictionary<string, List<float[]>>();
        for (var i = 0; i < vectors.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            // Only what is in one language and names the same numbers can be the same.
            var key = $"{TextLanguage.Of(questions[i].Text)} {Normal.Codes(questions[i].Text)}";
            if (!kept.TryGetValue(key, out var earlier))
                kept[key] = earlier = [];
            drop[i] = earlier.Exists(vector => System.Numerics.Tensors.TensorPrimitives.Dot(vector, vectors[i]) >= cosine);
            if (!drop[i])
                earlier.Add(vectors[i]);
        }
        return drop;
    }
}
