using CrossEncoders.Chunking;
using CrossEncoders.Questions;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Examples;

/// <summary>Turns questions into labeled pairs.</summary>
public static class ExampleBuilder
{
    /// <summary>
    /// For each question its passage with label 1 and the negatives with label 0, in this order; <see cref="InputExample.Group"/> is the
    /// question's id. Negatives come from the data set's own chunks alone, so that after
    /// <see cref="DatasetSplit.SplitByDocument(QaDataset, double, double?, int)"/> no chunk is on two sides. A chunk for which the same
    /// question was written is not a negative of it. The same input and seed give the same examples.
    /// </summary>
    /// <exception cref="CrossEncoderException">
    /// A setting is out of range, the guard gives a score that is not finite, the retriever knows none of the data set's chunks, or finds
    /// no answer where <see cref="HardNegatives.OnlyFound"/> asks for them.
    /// </exception>
    public static IReadOnlyList<InputExample> ToExamples(
        this QaDataset dataset,
        HardNegatives negatives,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        negatives.Check();
        var chooser = new NegativeChooser(dataset, negatives);
        var (candidates, found) = Mine(dataset, chooser, negatives, progress, cancellation);
        var dropped = new HashSet<Chunk>?[candidates.Length];
        if (negatives.Guard is not null)
            dropped = Guard(dataset, chooser, candidates, negatives, progress, cancellation);

        var examples = new List<InputExample>();
        for (var i = 0; i < candidates.Length; i++)
        {
            if (negatives.OnlyFound && !found[i])
                continue;
            var question = dataset.Questions[i];
            examples.Add(Example(question, chooser.Positive(question), 1, 0));
            var number = 0;
            var hard = chooser.Sample(question, candidates[i], negatives.PerQuestion).ConvertAll(candidate => candidate.Chunk);
            foreach (var chunk in chooser.Choose(question, hard, dropped[i]))
                examples.Add(Example(question, chunk, 0, ++number));
        }
        return examples.Count > 0 || dataset.Questions.Count == 0
            ? examples
            : throw new CrossEncoderException(
                $"Of {dataset.Questions.Count} questions none has its answer among the first {negatives.Depth} results of "
                    + $"'{negatives.Retriever.Name}'. Search deeper (Depth), by a better retriever, or set OnlyFound to false."
            );
    }

    private static InputExample Example(GeneratedQuestion question, Chunk chunk, float label, int number) =>
        new([question.Text, chunk.Passage], label) { Id = $"{question.Id}:{number}", Group = question.Id };

    /// <summary>
    /// The hard candidates of each question, as many as are needed (with a guard more, as some are going to be dropped), and whether the
    /// retrievers found its answer.
    /// </summary>
    private static (List<Candidate>[] Candidates, bool[] Found) Mine(
        QaDataset dataset,
        NegativeChooser chooser,
        HardNegatives negatives,
        IProgress<WorkProgress>? progress,
        CancellationToken cancellation
    )
    {
        const int AtATime = 512;
        var candidates = new List<Candidate>[dataset.Questions.Count];
        var found = new bool[candidates.Length];
        Array.Fill(candidates, []);
        if ((negatives.PerQuestion == 0 && !negatives.OnlyFound) || candidates.Length == 0)
            return (candidates, found);
        var wanted = negatives.Guard is null ? negatives.PerQuestion : 2 * negatives.PerQuestion + 2;
        IReadOnlyList<IRetriever> retrievers = [negatives.Retriever, .. negatives.AlsoFrom];
        var ours = dataset.Chunks.Select(chunk => chunk.Id).ToHashSet();
        var knows = new bool[retrievers.Count];
        for (var from = 0; from < candidates.Length; from += AtATime)
        {
            var questions = dataset.Questions.Skip(from).Take(AtATime).ToList();
            var texts = questions.ConvertAll(question => question.Text);
            var results = retrievers.Select(retriever => retriever.SearchAll(texts, negatives.Depth, null, cancellation)).ToList();
            for (var r = 0; r < knows.Length; r++)
                knows[r] = knows[r] || results[r].Any(hits => hits.Any(hit => ours.Contains(hit.Passage.Id)));
            var first = from;
            Parallel.For(0, questions.Count, new ParallelOptions { CancellationToken = cancellation }, i =>
            {
                var hits = results.ConvertAll(all => all[i]);
                candidates[first + i] = chooser.Sample(questions[i], chooser.Hard(questions[i], hits), wanted);
                found[first + i] = chooser.IsFound(questions[i], hits);
            });
            progress?.Report(new WorkProgress("hard negatives", from + questions.Count, candidates.Length));
        }
        return Array.IndexOf(knows, false) is >= 0 and var stranger
            ? throw new CrossEncoderException(
                $"The retriever '{retrievers[stranger].Name}' found no chunk of this data set. "
                    + "Build it from the data set's Passages, whose ids are chunk ids."
            )
            : (candidates, found);
    }

    /// <summary>Scores all candidates and their positives in one go and drops those that come too near; returns them by question.</summary>
    private static HashSet<Chunk>[] Guard(
        QaDataset dataset,
        NegativeChooser chooser,
        List<Candidate>[] candidates,
        HardNegatives negatives,
        IProgress<WorkProgress>? progress,
        CancellationToken cancellation
    )
    {
        var pairs = new List<TextPair>();
        for (var i = 0; i < candidates.Length; i++)
        {
            var question = dataset.Questions[i];
            pairs.Add(new TextPair(question.Text, chooser.Positive(question).Passage));
            pairs.AddRange(candidates[i].Select(candidate => new TextPair(question.Text, candidate.Chunk.Passage)));
        }
        var scores = negatives.Guard!.Score(pairs, progress, cancellation);
        ScoreList.Require(negatives.Guard, scores, pairs.Count);
        var at = 0;
        var dropped = new HashSet<Chunk>[candidates.Length];
        for (var i = 0; i < candidates.Length; i++)
        {
            var answer = Logistic.Sigmoid(scores[at++]);
            var limit = Math.Min(negatives.GuardShare * answer, answer - negatives.GuardMargin);
            var scored = candidates[i].ConvertAll(candidate => candidate with { Score = Logistic.Sigmoid(scores[at++]) });
            dropped[i] = [.. scored.Where(candidate => !(candidate.Score <= limit)).Select(candidate => candidate.Chunk)];
            candidates[i] = scored.FindAll(candidate => candidate.Score <= limit);
        }
        return dropped;
    }
}
