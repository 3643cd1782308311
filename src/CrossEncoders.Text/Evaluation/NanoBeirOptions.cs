namespace CrossEncoders.Evaluation;

/// <summary>Which part of NanoBEIR is measured, and how. The defaults are those of sentence-transformers.</summary>
public sealed record NanoBeirOptions
{
    /// <summary>
    /// The sets by the names of <see cref="NanoBeirEvaluator.AllSets"/>, in any case of letters; the mean is over these. By default all but
    /// ArguAna and Touche2020, whose arguments are another task.
    /// </summary>
    public IReadOnlyList<string> Sets { get; init; } = NanoBeirEvaluator.UsualSets;

    /// <summary>How many of BM25's passages are re-ranked.</summary>
    public int Depth { get; init; } = 100;

    /// <summary>The k of MRR@k and NDCG@k.</summary>
    public int Cutoff { get; init; } = 10;

    /// <summary>
    /// Whether all relevant passages are among the candidates, those that BM25 missed too (optimistic, sentence-transformers' default), or
    /// only those that it found (realistic, <c>always_rerank_positives=False</c>).
    /// </summary>
    public bool AlwaysRerankPositives { get; init; } = true;
}
