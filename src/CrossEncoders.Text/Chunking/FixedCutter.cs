using CrossEncoders.Documents;

namespace CrossEncoders.Chunking;

/// <summary>Stretches of a fixed number of tokens. With overlap, what two chunks share is a stretch of its own: every second one.</summary>
internal sealed class FixedCutter(TokenBudget budget) : ICutter
{
    public List<Piece> Pieces(Document document)
    {
        var text = document.Text;
        var places = Places(document);
        var pieces = new List<Piece>();
        var here = places(0);
        for (int chunk = 0, start = 0; start < text.Length; start = pieces[^1].End)
        {
            // All of a passage is counted together, from what it shares with the one before: sums of parts are off by a token or two.
            var (front, most) = (here.Prefix, Shared(here));
            int Count(string part) => budget.Count(front + part);
            var end = Splitting.Longest(text, chunk, budget.Max - most, Count);
            if (end <= start)
                end = Splitting.Longest(text, start, 1, budget.Count);
            pieces.Add(places(start) with { Start = start, End = end });
            here = places(end);
            if (budget.Overlap > 0 && end < text.Length)
            {
                // What is shared has to leave room for more behind the headings of either chunk.
                var last = Splitting.Longest(text, end, Math.Min(most, Shared(here)), budget.Count);
                last = Math.Min(last, Splitting.Longest(text, chunk, budget.Max, Count));
                if (last <= end)
                    last = Splitting.Longest(text, end, 1, budget.Count);
                pieces.Add(here with { Start = end, End = last });
            }
            chunk = end;
        }
        return pieces;
    }

    public IEnumerable<Stretch> Pack(List<Piece> pieces)
    {
        var step = budget.Overlap > 0 ? 2 : 1;
        for (var start = 0; start < pieces.Count; start += step)
            yield return new(start, Math.Min(start + step, pieces.Count), step == 2 && start > 0 ? start - 1 : start);
    }

    private int Shared(Piece first) => Math.Min(budget.Overlap, (budget.Max - first.PrefixTokens - 1) / 2);

    /// <summary>An empty piece with the headings of a place; asked from the start of the document to its end.</summary>
    private Func<int, Piece> Places(Document document)
    {
        var (units, sections) = UnitPieces.WithSections(document);
        var unit = 0;
        return start =>
        {
            while (unit + 1 < units.Count && units[unit + 1].Start <= start)
                unit++;
            var section = units.Count == 0 ? "" : sections[unit];
            var prefix = budget.Prefix(document.Title, section, null);
            return new Piece(start, start, Cut.Piece, 0, section, 0, prefix.Text, prefix.Tokens);
        };
    }
}
