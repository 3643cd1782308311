using CrossEncoders.Documents;

namespace CrossEncoders.Chunking;

/// <summary>The units of a document with the headings above them, cut further where one alone is too long for a chunk.</summary>
internal static class UnitPieces
{
    public static List<Piece> Of(Document document, TokenBudget budget)
    {
        var (units, sections) = WithSections(document);
        // A heading is read together with what follows: the headings in front are those of the first unit that is not a heading.
        for (var i = units.Count - 2; i >= 0; i--)
            if (units[i].Level > 0 && (units[i + 1].Cut == Cut.Bound || units[i + 1].Level > units[i].Level))
                sections[i] = sections[i + 1];
        var prefixes = new Dictionary<(string, string?), (string Text, int Tokens)>();
        var pieces = new List<Piece>();
        for (var i = 0; i < units.Count; i++)
        {
            var unit = units[i];
            if (!prefixes.TryGetValue((sections[i], unit.TableHeader), out var prefix))
                prefixes[(sections[i], unit.TableHeader)] = prefix = budget.Prefix(document.Title, sections[i], unit.TableHeader);
            // Where headings and overlap would leave next to nothing, the overlap gives way, and not the words.
            var most = Math.Max(budget.Max - prefix.Tokens - budget.Overlap, budget.Max / 4);
            var cut = unit.Cut;
            foreach (var (start, end, tokens) in Splitting.Fit(document.Text, unit.Start, unit.End, most, budget.Count))
            {
                pieces.Add(new Piece(start, end, cut, unit.Level, sections[i], tokens, prefix.Text, prefix.Tokens));
                cut = Cut.Piece;
            }
        }
        return pieces;
    }

    /// <summary>The units of a document and, for each, the headings above it.</summary>
    public static (List<Unit> Units, string[] Sections) WithSections(Document document)
    {
        var units = Structure.Parse(document.Text, Structure.IsPlain(document.Id));
        var headings = new Headings(document.Title);
        var sections = new string[units.Count];
        for (var i = 0; i < units.Count; i++)
        {
            if (units[i].Level > 0)
                headings.Enter(units[i].Level, units[i].Heading!);
            sections[i] = headings.Section;
        }
        return (units, sections);
    }
}
