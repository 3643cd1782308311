using CrossEncoders.Documents;

namespace CrossEncoders.Chunking;

/// <summary>Stretches of a fixed number of tokens. With overlap, what two chunks share is a stretch of its own: every second one.</summary>
internal sealed class FixedCutter(TokenBudget budget) : ICutter
{
    public List<Piece> Pieces(Document document)
    {
        var (units, sections) = UnitPieces.WithSections(document);
        var pieces = new List<Piece>();
        for (int start = 0, unit = 0; start < document.Text.Length; start = pieces[^1].End)
        {
            while (unit + 1 < units.Count && units[unit + 1].Start <= start)
                unit++;
            var section = units.Count == 0 ? "" : sections[unit];
            var prefix = budget.Prefix(document.Title, section, null);
            var shared = budget.Overlap > 0 && pieces.Count % 2 == 1;
            var most = shared ? budget.Overlap : budget.Max - prefix.Tokens - (pieces.Count == 0 ? 1 : 2) * budget.Overlap;
            var end = Splitting.Longest(document.Text, start, Math.Max(1, most), budget.Count);
            pieces.Add(new Piece(start, end, Cut.Piece, 0, section, most, prefix.Text, prefix.Tokens));
        }
        return pieces;
    }

    public IEnumerable<Stretch> Pack(List<Piece> pieces)
    {
        var step = budget.Overlap > 0 ? 2 : 1;
        for (var start = 0; start < pieces.Count; start += step)
            yield return new(start, Math.Min(start + step, pieces.Count), step == 2 && start > 0 ? start - 1 : start);
    }
}
