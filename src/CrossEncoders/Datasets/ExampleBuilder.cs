namespace CrossEncoders.Datasets;

/// <summary>Turns questions into labeled pairs.</summary>
public static class ExampleBuilder
{
    /// <summary>
    /// For each question its passage with label 1 and the negatives with label 0, in this order; <see cref="InputExample.Group"/> is the
    /// question's id. Negatives come from the data set's own chunks alone, so that after <see cref="DatasetSplit.SplitByDocument(QaDataset, double, double?, int)"/> no chunk
    /// is on two sides. The same input and seed give the same examples.
    /// </summary>
    /// <exception cref="CrossEncoderException">The retriever knows none of the data set's chunks.</exception>
    public static IReadOnlyList<InputExample> ToExamples(this QaDataset dataset, HardNegatives negatives,
        IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        var chooser = new NegativeChooser(dataset.Chunks, negatives);
        var candidates = new List<Chunk>[dataset.Questions.Count];
        var known = 0;
        var done = 0;
        Parallel.For(0, candidates.Length, new ParallelOptions { CancellationToken = cancellation }, i =>
        {
            candidates[i] = chooser.Hard(dataset.Questions[i], out var any);
            if (any) Interlocked.Exchange(ref known, 1);
            progress?.Report(new WorkProgress("hard negatives", Interlocked.Increment(ref done), candidates.Length));
        });
        if (known == 0 && candidates.Length > 0 && negatives.PerQuestion > 0)
            throw new CrossEncoderException(
                $"The retriever '{negatives.Retriever.Name}' found no chunk of this data set. Build it from the data set's Passages, whose ids are chunk ids.");
        var dropped = new HashSet<Chunk>?[candidates.Length];
        if (negatives.Guard is not null) dropped = Guard(dataset, chooser, candidates, negatives, progress, cancellation);

        var examples = new List<InputExample>();
        for (var i = 0; i < candidates.Length; i++)
        {
            var question = dataset.Questions[i];
            examples.Add(Example(question, chooser.Positive(question), 1, 0));
            var number = 0;
            foreach (var chunk in chooser.Choose(question, candidates[i], dropped[i])) examples.Add(Example(question, chunk, 0, ++number));
        }
        return examples;
    }

    private static InputExample Example(GeneratedQuestion question, Chunk chunk, float label, int number) =>
        new([question.Text, chunk.Passage], label) { Id = $"{question.Id}:{number}", Group = question.Id };

    /// <summary>Scores all candidates and their positives in one go and drops those that come too near; returns them by question.</summary>
    private static HashSet<Chunk>[] Guard(QaDataset dataset, NegativeChooser chooser, List<Chunk>[] candidates, HardNegatives negatives,
        IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        var pairs = new List<TextPair>();
        for (var i = 0; i < candidates.Length; i++)
        {
            // More than are needed, as some are going to be dropped.
            candidates[i] = [.. candidates[i].Take(2 * negatives.PerQuestion + 2)];
            var question = dataset.Questions[i];
            pairs.Add(new TextPair(question.Text, chooser.Positive(question).Passage));
            pairs.AddRange(candidates[i].Select(chunk => new TextPair(question.Text, chunk.Passage)));
        }
        var scores = negatives.Guard!.Score(pairs, progress, cancellation);
        var at = 0;
        var dropped = new HashSet<Chunk>[candidates.Length];
        for (var i = 0; i < candidates.Length; i++)
        {
            var limit = negatives.GuardShare * Sigmoid(scores[at++]);
            var first = at;
            at += candidates[i].Count;
            dropped[i] = [.. candidates[i].Where((_, j) => Sigmoid(scores[first + j]) > limit)];
            candidates[i].RemoveAll(dropped[i].Contains);
        }
        return dropped;
    }

    private static double Sigmoid(float logit) => 1 / (1 + Math.Exp(-logit));
}
