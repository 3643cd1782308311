namespace CrossEncoders.Scoring;

/// <summary>The pairs of blocks that are asked for one after the other: forwards in one reading, and anew for one before.</summary>
internal sealed class BlockReader(ScoringJob job) : IDisposable
{
    private IEnumerator<ScoringPair>? _pairs;

    /// <summary>The block that comes next without reading anew.</summary>
    public int Next { get; private set; }

    /// <summary>The pairs of a block.</summary>
    /// <exception cref="CrossEncoderException">The input has fewer than it had.</exception>
    public List<TextPair> Read(int block, PartHeader header)
    {
        if (_pairs is null || block < Next)
        {
            _pairs?.Dispose();
            (_pairs, Next) = (job.Input.Read().GetEnumerator(), 0);
        }

        var pairs = new List<TextPair>();
        for (; Next <= block; Next++)
        for (var left = header.PairsOf(Next); left > 0; left--)
        {
            if (!_pairs.MoveNext())
                throw job.Changed($"fewer than {(long)Next * header.BlockPairs + header.PairsOf(Next)}");
            if (Next == block)
                pairs.Add(_pairs.Current.Pair);
        }

        return pairs;
    }

    /// <inheritdoc/>
    public void Dispose() => _pairs?.Dispose();
}
