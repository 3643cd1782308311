using CrossEncoders.Documents;
using CrossEncoders.Texts;

namespace CrossEncoders.Chunking;

/// <summary>
/// Writes pieces as chunks of a document; each passage is counted as a whole and cut again in the rare case it is too long.
/// </summary>
internal sealed class ChunkWriter(Document document, TokenBudget budget)
{
    private readonly List<Chunk> _chunks = [];

    public List<Chunk> Chunks => _chunks;

    public void Write(List<Piece> pieces, Stretch stretch)
    {
        var (start, end, overlap) = stretch;
        string passage;
        int tokens;
        while (true)
        {
            passage = Passage(pieces, overlap, end);
            tokens = budget.Count(passage);
            if (tokens <= budget.Max || overlap == start)
                break;
            overlap++;
        }
        var first = pieces[overlap];
        if (tokens > budget.Max && end - start > 1)
        {
            var middle = start + (end - start) / 2;
            Write(pieces, new(start, middle, overlap));
            Write(pieces, new(middle, end, middle));
        }
        else if (tokens > budget.Max && first.End - first.Start > 1)
        {
            var halves = new List<Piece>();
            foreach (var (head, tail) in Splitting.Halves(document.Text, first.Start, first.End))
                halves.Add(first with { Start = head, End = tail, Prefix = tail - head < 8 ? "" : first.Prefix });
            for (var i = 0; i < halves.Count; i++)
                Write(halves, new(i, i + 1, i));
        }
        else
        {
            Add(first, pieces[start].Start, pieces[end - 1].End, passage, tokens);
        }
    }

    /// <param name="first">The first piece, which may be one that is repeated.</param>
    /// <param name="start">Where the text that no chunk before has starts.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="passage">The passage.</param>
    /// <param name="tokens">Its number of tokens.</param>
    private void Add(Piece first, int start, int end, string passage, int tokens)
    {
        // White space that became a piece of its own belongs to the chunk before it, at the start of a document to the one after it.
        if (document.Text.AsSpan(start, end - start).IsWhiteSpace())
        {
            if (_chunks.Count > 0 && document.Text[_chunks[^1].Start..end] is var longer)
                _chunks[^1] = _chunks[^1] with { Length = longer.Length, Text = longer };
            return;
        }
        var from = _chunks.Count == 0 ? 0 : first.Start;
        var text = document.Text[from..end];
        _chunks.Add(
            new Chunk(
                $"{document.Id}#{_chunks.Count}",
                document.Id,
                document.Title,
                first.Section,
                from,
                text.Length,
                text,
                Language(text, document.Language),
                passage,
                tokens
            )
        );
    }

    private string Passage(List<Piece> pieces, int start, int end)
    {
        var first = start;
        // Headings at the start are named by the line in front already.
        if (pieces[start].Prefix.Length > 0)
            while (first < end && pieces[first].Level > 0 && IsNamed(pieces[first], pieces[start].Prefix))
                first++;
        if (first == end)
            return pieces[start].Prefix.Trim();
        var body = document.Text[pieces[first].Start..pieces[end - 1].End].TrimEnd();
        // The first line keeps its indentation, so that lists and columns stay in line.
        var blank = body.Length - body.AsSpan().TrimStart().Length;
        var newline = body.AsSpan(0, blank).LastIndexOf('\n');
        return (pieces[start].Prefix + body[(newline + 1)..]).Trim();
    }

    private bool IsNamed(Piece heading, string prefix)
    {
        var line = document.Text.AsSpan(heading.Start, heading.End - heading.Start).Trim();
        var newline = line.IndexOf('\n');
        return prefix.AsSpan().Contains(Structure.WithoutMarks(newline < 0 ? line : line[..newline]), StringComparison.Ordinal);
    }

    /// <summary>A chunk has its document's language unless it is clearly in the other one.</summary>
    private static string Language(string text, string document) =>
        TextLanguage.HanShare(text) switch
        {
            < 0.05 => "en",
            > 0.5 => "zh",
            _ => document,
        };
}
