using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CrossEncoders.Retrieval;

/// <summary>
/// An inverted index in three arrays: the passages of all terms one after another, the finished weight of the term in each, and where the
/// passages of each term begin.
/// </summary>
internal sealed class Bm25Index
{
    private const int PassagesATime = 4096; // whose terms are held as strings while the index is built

    private readonly Dictionary<string, int> _terms = [];
    private readonly int[] _starts; // (terms + 1)
    private readonly int[] _passages; // (postings), ascending for each term
    private readonly float[] _weights; // (postings)
    private readonly int _count; // of passages

    /// <summary>Indexes the passages.</summary>
    public Bm25Index(Passage[] passages, Bm25Options options)
    {
        _count = passages.Length;
        var (postings, lengths, kinds) = Read(passages);
        _starts = new int[_terms.Count + 1];
        foreach (var posting in CollectionsMarshal.AsSpan(postings))
            _starts[posting.Term + 1]++;
        for (var term = 0; term < _terms.Count; term++)
            _starts[term + 1] += _starts[term];

        _passages = new int[postings.Count];
        _weights = new float[postings.Count];
        var average = Math.Max(lengths.Average(), 1e-9); // passages may be without any term
        var next = _starts.AsSpan(0, _terms.Count).ToArray();
        var (passage, left) = (-1, 0);
        foreach (var posting in CollectionsMarshal.AsSpan(postings))
        {
            for (; left == 0; left = kinds[passage])
                passage++;
            left--;
            var holders = _starts[posting.Term + 1] - _starts[posting.Term];
            var rarity = Math.Log(1 + (passages.Length - holders + 0.5) / (holders + 0.5));
            var length = 1 - options.B + options.B * lengths[passage] / average;
            var place = next[posting.Term]++;
            _passages[place] = passage;
            _weights[place] = (float)(rarity * posting.Count / (posting.Count + options.K1 * length));
        }
    }

    /// <summary>Adds the weights of a term to the scores of the passages that hold it.</summary>
    public void AddWeights(string term, Span<float> scores)
    {
        if (!_terms.TryGetValue(term, out var number))
            return;
        ref var passages = ref MemoryMarshal.GetArrayDataReference(_passages);
        ref var weights = ref MemoryMarshal.GetArrayDataReference(_weights);
        ref var sums = ref MemoryMarshal.GetReference(scores[.._count]);
        for (var i = _starts[number]; i < _starts[number + 1]; i++)
            Unsafe.Add(ref sums, Unsafe.Add(ref passages, i)) += Unsafe.Add(ref weights, i);
    }

    /// <summary>Numbers the terms and counts them, passage by passage; all terms of each, and the different ones.</summary>
    private (List<Posting> Postings, int[] Lengths, int[] Kinds) Read(Passage[] passages)
    {
        var (postings, lengths, kinds) = (new List<Posting>(), new int[passages.Length], new int[passages.Length]);
        var terms = new List<string>[Math.Min(PassagesATime, passages.Length)];
        var counts = new Dictionary<int, int>();
        for (var from = 0; from < passages.Length; from += terms.Length)
        {
            var count = Math.Min(terms.Length, passages.Length - from);
            Parallel.For(0, count, i => terms[i] = TextAnalyzer.Terms(passages[from + i].Text));
            for (var i = 0; i < count; i++)
            {
                lengths[from + i] = terms[i].Count;
                counts.Clear();
                foreach (var term in terms[i])
                {
                    ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_terms, term, out var known);
                    if (!known)
                        number = _terms.Count - 1;
                    CollectionsMarshal.GetValueRefOrAddDefault(counts, number, out _)++;
                }

                foreach (var (term, times) in counts)
                    postings.Add(new(term, times));
                kinds[from + i] = counts.Count;
            }
        }

        return (postings, lengths, kinds);
    }

    private readonly record struct Posting(int Term, int Count);
}
