using CrossEncoders.Documents;

namespace CrossEncoders.Chunking;

/// <summary>Cuts at headings and packs what is between them evenly into chunks.</summary>
internal sealed class HeadingCutter(TokenBudget budget) : ICutter
{
    /// <summary>Sections below this number of tokens share a chunk with a neighbour.</summary>
    private const int Tiny = 32;

    // What a cut costs against an uneven size: a chunk of half the size aimed at costs 250.
    private static readonly int[] CutCost = [0, 40, 60, 150, 400, 2000];

    public List<Piece> Pieces(Document document) => UnitPieces.Of(document, budget);

    public IEnumerable<Stretch> Pack(List<Piece> pieces) => Regions(pieces).SelectMany(region => Pack(pieces, region.From, region.To));

    /// <summary>The stretches between headings of level 1 and 2 as ranges of pieces, tiny ones joined to a neighbour.</summary>
    private List<(int From, int To)> Regions(List<Piece> pieces)
    {
        var regions = new List<(int From, int To)>();
        var tokens = 0;
        for (var from = 0; from < pieces.Count; )
        {
            var to = from + 1;
            while (to < pieces.Count && pieces[to] is not { Level: 1 or 2, Cut: not Cut.Piece })
                to++;
            var size = 0;
            for (var i = from; i < to; i++)
                size += pieces[i].Tokens;
            var tinyFits = size < Tiny && regions.Count > 0 && tokens + size + pieces[regions[^1].From].PrefixTokens <= budget.Max;
            if (regions.Count > 0 && (tokens < Tiny || tinyFits))
            {
                regions[^1] = (regions[^1].From, to);
                tokens += size;
            }
            else
            {
                regions.Add((from, to));
                tokens = size;
            }
            from = to;
        }
        if (regions.Count > 1 && tokens < Tiny)
        {
            regions[^2] = (regions[^2].From, regions[^1].To);
            regions.RemoveAt(regions.Count - 1);
        }
        return regions;
    }

    /// <summary>
    /// Packs a region into as few chunks as it needs, near the same size, cut at good places (dynamic programming, whole numbers).
    /// </summary>
    private List<Stretch> Pack(List<Piece> pieces, int from, int to)
    {
        var n = to - from;
        var total = 0L;
        for (var i = from; i < to; i++)
            total += pieces[i].Tokens;
        var most = Math.Max(1, budget.Max - pieces[from].PrefixTokens - budget.Overlap);
        var aim = Math.Max(1, total / ((total + most - 1) / most));
        var best = new long[n + 1];
        var previous = new int[n + 1];
        Array.Fill(best, long.MaxValue, 1, n);
        for (var start = 0; start < n; start++)
        {
            if (best[start] == long.MaxValue)
                continue;
            var size = 0L;
            var limit = budget.Max - pieces[from + start].PrefixTokens - (start > 0 ? budget.Overlap : 0);
            for (var end = start + 1; end <= n; end++)
            {
                size += Math.Max(1, pieces[from + end - 1].Tokens);
                if (size > limit && end > start + 1)
                    break;
                var cut = end == n ? 0 : CutCost[(int)pieces[from + end].Cut];
                var cost = best[start] + 300 + 1000 * (size - aim) * (size - aim) / (aim * aim) + cut;
                if (cost >= best[end])
                    continue;
                best[end] = cost;
                previous[end] = start;
            }
        }
        var chunks = new List<Stretch>();
        for (var end = n; end > 0; end = previous[end])
        {
            var start = from + previous[end];
            chunks.Add(new(start, from + end, budget.OverlapStart(pieces, from, start)));
        }
        chunks.Reverse();
        return chunks;
    }
}
