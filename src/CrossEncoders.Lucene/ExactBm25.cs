using CrossEncoders.Retrieval;
using Lucene.Net.Index;
using Lucene.Net.Search;
using Lucene.Net.Search.Similarities;
using Lucene.Net.Util;

namespace CrossEncoders.Lucene;

/// <summary>
/// The kit's BM25 as a formula of Lucene. Lucene's own keeps a passage's length in one byte with three bits of precision and multiplies by
/// k1 + 1; here the length is kept as it is, so that rankings and scores are those of <see cref="Bm25Retriever"/>.
/// </summary>
internal sealed class ExactBm25(Bm25Options options) : Similarity
{
    /// <inheritdoc/>
    public override long ComputeNorm(FieldInvertState state) => state.Length;

    /// <inheritdoc/>
    public override SimWeight ComputeWeight(float queryBoost, CollectionStatistics collectionStats, params TermStatistics[] termStats)
    {
        var (passages, holders) = (collectionStats.MaxDoc, termStats[0].DocFreq);
        var average = Math.Max((double)collectionStats.SumTotalTermFreq / passages, 1e-9);
        return new Weight(queryBoost, collectionStats.Field, Math.Log(1 + (passages - holders + 0.5) / (holders + 0.5)), average);
    }

    /// <inheritdoc/>
    public override SimScorer GetSimScorer(SimWeight weight, AtomicReaderContext context) =>
        new Scorer((Weight)weight, ((AtomicReader)context.Reader).GetNormValues(((Weight)weight).Field), options);

    private sealed class Weight(float times, string name, double rarity, double average) : SimWeight
    {
        public float Times => times;

        public string Field => name;

        public double Rarity => rarity;

        public double Average => average;

        public override float GetValueForNormalization() => 1;

        public override void Normalize(float queryNorm, float topLevelBoost) { }
    }

    private sealed class Scorer(Weight weight, NumericDocValues lengths, Bm25Options options) : SimScorer
    {
        public override float Score(int doc, float freq)
        {
            var length = 1 - options.B + options.B * lengths.Get(doc) / weight.Average;
            return weight.Times * (float)(weight.Rarity * freq / (freq + options.K1 * length));
        }

        public override float ComputeSlopFactor(int distance) => 1;

        public override float ComputePayloadFactor(int doc, int start, int end, BytesRef payload) => 1;
    }
}
