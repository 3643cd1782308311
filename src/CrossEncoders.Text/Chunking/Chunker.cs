using CrossEncoders.Documents;

namespace CrossEncoders.Chunking;

/// <summary>Cuts documents into chunks by a strategy. Tokens are counted once per unit and added up.</summary>
internal sealed class Chunker
{
    private readonly TokenBudget _budget;
    private readonly ICutter _cutter;

    public Chunker(Func<string, int> count, ChunkingOptions options)
    {
        _budget = new TokenBudget(count, options);
        _cutter = options.Strategy switch
        {
            ChunkingStrategy.Sentences => new SentenceCutter(_budget),
            ChunkingStrategy.FixedTokens => new FixedCutter(_budget),
            _ => new HeadingCutter(_budget),
        };
    }

    public List<Chunk> Chunk(Document document)
    {
        var pieces = _cutter.Pieces(document);
        var writer = new ChunkWriter(document, _budget);
        foreach (var stretch in _cutter.Pack(pieces))
            writer.Write(pieces, stretch);
        return writer.Chunks;
    }
}
