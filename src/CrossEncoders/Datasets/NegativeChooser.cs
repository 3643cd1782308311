namespace CrossEncoders.Datasets;

/// <summary>Knows which chunks may be negatives of a question.</summary>
internal sealed class NegativeChooser
{
    private readonly IReadOnlyList<Chunk> _chunks;
    private readonly HardNegatives _options;
    private readonly Dictionary<string, Chunk> _byId;
    private readonly Dictionary<string, HashSet<string>> _words;
    private readonly ILookup<string, Chunk> _byDocument;

    public NegativeChooser(IReadOnlyList<Chunk> chunks, HardNegatives options)
    {
        _chunks = chunks;
        _options = options;
        _byId = chunks.ToDictionary(chunk => chunk.Id);
        _words = chunks.ToDictionary(chunk => chunk.Id, chunk => Normal.Words(chunk.Text));
        _byDocument = chunks.ToLookup(chunk => chunk.DocumentId);
    }

    public Chunk Positive(GeneratedQuestion question) => _byId[question.ChunkId];

    /// <summary>What the retriever finds, best first, without the answer and its like.</summary>
    /// <param name="question">The question.</param>
    /// <param name="any">Whether the retriever found any chunk of ours, the answer included.</param>
    public List<Chunk> Hard(GeneratedQuestion question, out bool any)
    {
        var positive = Positive(question);
        var found = _options.PerQuestion == 0 ? []
            : _options.Retriever.Search(question.Text, _options.Depth).Select(hit => _byId.GetValueOrDefault(hit.Passage.Id)).OfType<Chunk>().ToList();
        any = found.Count > 0;
        return [.. found.Where(chunk => MayBeNegative(positive, chunk))];
    }

    /// <summary>The negatives of a question: hard ones, of the same document, at random.</summary>
    /// <param name="question">The question.</param>
    /// <param name="hard">What <see cref="Hard"/> found, without what the guard dropped.</param>
    /// <param name="dropped">What the guard dropped; must not come back by chance.</param>
    public IReadOnlyList<Chunk> Choose(GeneratedQuestion question, IReadOnlyList<Chunk> hard, HashSet<Chunk>? dropped)
    {
        var positive = Positive(question);
        var random = new Random(HashCode(question.Id));
        var chosen = hard.Take(_options.PerQuestion).ToList();
        Draw(_byDocument[positive.DocumentId].ToList(), _options.FromSameDocument);
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
                if (chosen.Contains(chunk) || dropped?.Contains(chunk) == true || !MayBeNegative(positive, chunk)) continue;
                chosen.Add(chunk);
                count--;
            }
        }
    }

    /// <summary>Seeded by the question, not by its place, so that a question more changes nothing of the others.</summary>
    private int HashCode(string id) => unchecked((int)(Convert.ToUInt32(Chunk.HashOf(id)[..8], 16) ^ (uint)_options.Seed * 2654435769u));

    private bool MayBeNegative(Chunk positive, Chunk chunk) => chunk.Hash != positive.Hash && !Overlaps(positive, chunk)
        && Normal.Overlap(_words[positive.Id], _words[chunk.Id]) < _options.TooSimilar;

    private static bool Overlaps(Chunk one, Chunk two) =>
        one.DocumentId == two.DocumentId && one.Start < two.Start + two.Length && two.Start < one.Start + one.Length;
}
