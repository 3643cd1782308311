using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CrossEncoders.Retrieval;

/// <summary>
/// An inverted index in three arrays: the passages of all terms one after another, the finished weight of the term in each, and where the
/// passages of each term begin.
/// </summary>
internal sealed class Bm25Index
{
    private readonly Dictionary<string, int> _terms = new(StringComparer.Ordinal);
    private readonly int[] _starts; // (terms + 1)
    private readonly int[] _passages; // (postings), ascending for each term
    private readonly float[] _weights; // (postings)
    private readonly int _count; // of passages

    /// <summary>Indexes the passages.</summary>
    public Bm25Index(Passage[] passages, Bm25Options options)
    {
        _count = passages.Length;
        var built = new PassageTerms(_terms);
        var lengths = new int[passages.Length];
        for (var i = 0; i < passages.Length; i++)
            lengths[i] = built.Add(passages[i].Text);
        _starts = new int[_terms.Count + 1];
        var rarities = new double[_terms.Count];
        for (var term = 0; term < _terms.Count; term++)
        {
            var holders = built.Holders[term];
            _starts[term + 1] = _starts[term] + holders;
            rarities[term] = Math.Log(1 + (passages.Length - holders + 0.5) / (holders + 0.5));
        }

        _passages = GC.AllocateUninitializedArray<int>(_starts[^1]);
        _weights = GC.AllocateUninitializedArray<float>(_starts[^1]);
        var average = Math.Max(lengths.Average(), 1e-9); // passages may be without any term
        var next = _starts.AsSpan(0, _terms.Count).ToArray();
        built.Drain(
            (passage, term, count) =>
            {
                var length = 1 - options.B + options.B * lengths[passage] / average;
                var place = next[term]++;
                _passages[place] = passage;
                _weights[place] = (float)(rarities[term] * count / (count + options.K1 * length));
            }
        );
        _terms.TrimExcess();
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
}
