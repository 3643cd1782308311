using CrossEncoders.Chunking;
using CrossEncoders.Questions;
using CrossEncoders.Retrieval;
using CrossEncoders.Texts;

namespace CrossEncoders.Examples;

/// <summary>Knows which chunks may be negatives of a question.</summary>
internal sealed class NegativeChooser
{
    private readonly IReadOnlyList<Chunk> _chunks;
    private readonly HardNegatives _options;
    private readonly Dictionary<string, Chunk> _byId;
    private readonly Dictionary<string, HashSet<string>> _words;
    private readonly ILookup<string, Chunk> _byDocument;
    private readonly ILookup<string, Chunk> _answers; // by question: it may have been written for several chunks

    public NegativeChooser(QaDataset dataset, HardNegatives options)
    {
        var chunks = dataset.Chunks;
        _chunks = chunks;
        _options = options;
        _byId = chunks.ToDictionary(chunk => chunk.Id);
        _words = chunks.ToDictionary(chunk => chunk.Id, chunk => Normal.Words(chunk.Text));
        _byDocument = chunks.ToLookup(chunk => chunk.DocumentId);
        _answers = dataset.Questions.ToLookup(question => Key(question), question => _byId[question.ChunkId]);
    }

    public Chunk Positive(GeneratedQuestion question) => _byId[question.ChunkId];

    /// <summary>Of what the retrievers found, in turn and best first, what may be a negative.</summary>
    /// <param name="question">The question.</param>
    /// <param name="results">The results of each retriever.</param>
    public List<Candidate> Hard(GeneratedQuestion question, IReadOnlyList<IReadOnlyList<Hit>> results)
    {
        var answers = Answers(question);
        var candidates = new List<Candidate>();
        var seen = new HashSet<string>();
        for (var rank = 0; rank < results.Max(hits => hits.Count); rank++)
            foreach (var hits in results)
                if (
                    rank < hits.Count
                    && _byId.TryGetValue(hits[rank].Passage.Id, out var chunk)
                    && seen.Add(chunk.Id)
                    && MayBeNegative(answers, chunk)
                )
                    candidates.Add(new Candidate(chunk, Share(hits, rank)));
        return candidates;
    }

    /// <summary>Whether an answer of the question is among what the retrievers found.</summary>
    /// <param name="question">The question.</param>
    /// <param name="results">The results of each retriever.</param>
    public bool IsFound(GeneratedQuestion question, IReadOnlyList<IReadOnlyList<Hit>> results)
    {
        var answers = Answers(question).ConvertAll(answer => answer.Id);
        return results.Any(hits => hits.Any(hit => answers.Contains(hit.Passage.Id)));
    }

    /// <summary>Some of the candidates, as <see cref="HardNegatives.Sampling"/> says.</summary>
    public List<Candidate> Sample(GeneratedQuestion question, IReadOnlyList<Candidate> candidates, int count) =>
        CandidateSampler.Sample(candidates, count, _options.Sampling, new Random(~HashCode(question.Id)));

    // Where in the range of its own list a score lies, 0 to 1: scores of two retrievers are not comparable.
    private static double Share(IReadOnlyList<Hit> hits, int rank)
    {
        var range = hits[0].Score - hits[^1].Score;
        return range > 0 ? (hits[rank].Score - hits[^1].Score) / range : 1;
    }

    /// <summary>The negatives of a question: hard ones, of the same document, at random.</summary>
    /// <param name="question">The question.</param>
    /// <param name="hard">The hard ones.</param>
    /// <param name="dropped">What the guard dropped; must not come back by chance.</param>
    public IReadOnlyList<Chunk> Choose(GeneratedQuestion question, IReadOnlyList<Chunk> hard, HashSet<Chunk>? dropped)
    {
        var answers = Answers(question);
        var random = new Random(HashCode(question.Id));
        var chosen = hard.ToList();
        Draw(_byDocument[Positive(question).DocumentId].ToList(), _options.FromSameDocument);
        Draw(_chunks, _options.PerQuestion + _options.Random + _options.FromSameDocument - chosen.Count);
        return chosen;

        void Draw(IReadOnlyList<Chunk> from, int count)
        {
            // Without replacement, by a shuffle that stops as soon as there are enough.
            var open = Enumerable.Range(0, from.Count).ToArray();
            for (var i = 0; i < open.Length && count > 0; i++)
            {
                var j = random.Next(i, open.Length);
                (open[i], open[j]) = (open[j], open[i]);
                var chunk = from[open[i]];
                if (chosen.Contains(chunk) || dropped?.Contains(chunk) == true || !MayBeNegative(answers, chunk))
                    continue;
                chosen.Add(chunk);
                count--;
            }
        }
    }

    /// <summary>Seeded by the question, not by its place, so that one more question does not change the others.</summary>
    private int HashCode(string id) => unchecked((int)(Convert.ToUInt32(Chunk.HashOf(id)[..8], 16) ^ (uint)_options.Seed * 2654435769u));

    private List<Chunk> Answers(GeneratedQuestion question) => [.. _answers[Key(question)]];

    private static string Key(GeneratedQuestion question) => PassageText.Key(question.Text).TrimEnd('?', '？');

    private bool MayBeNegative(List<Chunk> answers, Chunk chunk) =>
        answers.TrueForAll(answer =>
            chunk.Hash != answer.Hash
            && !Overlaps(answer, chunk)
            && Normal.Overlap(_words[answer.Id], _words[chunk.Id]) < _options.TooSimilar
        );

    private static bool Overlaps(Chunk one, Chunk two) =>
        one.DocumentId == two.DocumentId && one.Start < two.Start + two.Length && two.Start < one.Start + one.Length;
}
