using CrossEncoders.Documents;

namespace CrossEncoders.Chunking;

/// <summary>As many sentences to a chunk as it holds, across headings.</summary>
internal sealed class SentenceCutter(TokenBudget budget) : ICutter
{
    public List<Piece> Pieces(Document document) => UnitPieces.Of(document, budget);

    public IEnumerable<Stretch> Pack(List<Piece> pieces)
    {
        for (int start = 0, end; start < pieces.Count; start = end)
        {
            var left = budget.Max - pieces[start].PrefixTokens;
            var overlap = budget.OverlapStart(pieces, 0, start);
            for (var i = overlap; i < start; i++)
                left -= pieces[i].Tokens;
            for (end = start; end < pieces.Count && (left -= Math.Max(1, pieces[end].Tokens)) >= 0; )
                end++;
            end = Math.Max(end, start + 1);
            yield return new(start, end, overlap);
        }
    }
}
