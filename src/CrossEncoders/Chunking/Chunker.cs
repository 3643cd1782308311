using CrossEncoders.Documents;
using CrossEncoders.Texts;

namespace CrossEncoders.Chunking;

/// <summary>
/// Cuts a document at its headings and packs what is between them evenly into chunks, or by another strategy.
/// Tokens are counted once a unit and added up; each finished passage is counted as a whole and cut again in the rare case it is too long.
/// </summary>
internal sealed class Chunker
{
    /// <summary>Sections below this number of tokens share a chunk with a neighbour.</summary>
    private const int Tiny = 32;

    // What a cut costs against an uneven size: a chunk of half the size aimed at costs 250.
    private static readonly int[] CutCost = [0, 40, 60, 150, 400, 2000];

    private readonly Func<string, int> _count;
    private readonly ChunkingOptions _options;

    public Chunker(Func<string, int> count, ChunkingOptions options)
    {
        if (options.MaxTokens < 16)
            throw new CrossEncoderException($"Chunks need MaxTokens of 16 or more, found {options.MaxTokens}; 256 is usual.");
        if (options.OverlapTokens < 0 || options.OverlapTokens > options.MaxTokens / 2)
            throw new CrossEncoderException(
                $"OverlapTokens has to be between 0 and half of MaxTokens ({options.MaxTokens / 2}), found {options.OverlapTokens}."
            );
        _count = count;
        _options = options;
    }

    private int Max => _options.MaxTokens;

    public List<Chunk> Chunk(Document document)
    {
        var pieces = _options.Strategy == ChunkingStrategy.FixedTokens ? FixedPieces(document) : Pieces(document);
        var packed = _options.Strategy switch
        {
            ChunkingStrategy.Sentences => Fill(pieces),
            ChunkingStrategy.FixedTokens => Enumerate(pieces),
            _ => Regions(pieces).SelectMany(region => Pack(pieces, region.From, region.To)),
        };
        var chunks = new List<Chunk>();
        foreach (var (start, end, overlap) in packed)
            Emit(document, pieces, start, end, overlap, chunks);
        return chunks;
    }

    /// <summary>A unit, or a part of one that is too long, with its tokens and what has to stand in front of a chunk that starts here.</summary>
    private sealed record Piece(int Start, int End, Cut Cut, int Level, string Section, int Tokens, string Prefix, int PrefixTokens);

    private List<Piece> Pieces(Document document)
    {
        var (units, sections) = Units(document);
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
                prefixes[(sections[i], unit.TableHeader)] = prefix = Prefix(document.Title, sections[i], unit.TableHeader);
            var room = Max - prefix.Tokens - _options.OverlapTokens;
            var cut = unit.Cut;
            foreach (var (start, end, tokens) in Splitting.Fit(document.Text, unit.Start, unit.End, room, _count))
            {
                pieces.Add(new Piece(start, end, cut, unit.Level, sections[i], tokens, prefix.Text, prefix.Tokens));
                cut = Cut.Piece;
            }
        }
        return pieces;
    }

    private static (List<Unit> Units, string[] Sections) Units(Document document)
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

    /// <summary>Stretches of a fixed number of tokens. With overlap, what two chunks share is a stretch of its own: every second one.</summary>
    private List<Piece> FixedPieces(Document document)
    {
        var (units, sections) = Units(document);
        var pieces = new List<Piece>();
        for (int start = 0, unit = 0; start < document.Text.Length; start = pieces[^1].End)
        {
            while (unit + 1 < units.Count && units[unit + 1].Start <= start)
                unit++;
            var section = units.Count == 0 ? "" : sections[unit];
            var prefix = Prefix(document.Title, section, null);
            var shared = _options.OverlapTokens > 0 && pieces.Count % 2 == 1;
            var room = shared ? _options.OverlapTokens : Max - prefix.Tokens - (pieces.Count == 0 ? 1 : 2) * _options.OverlapTokens;
            var end = Splitting.Longest(document.Text, start, Math.Max(1, room), _count);
            pieces.Add(new Piece(start, end, Cut.Piece, 0, section, room, prefix.Text, prefix.Tokens));
        }
        return pieces;
    }

    private IEnumerable<(int Start, int End, int Overlap)> Enumerate(List<Piece> pieces)
    {
        var step = _options.OverlapTokens > 0 ? 2 : 1;
        for (var start = 0; start < pieces.Count; start += step)
            yield return (start, Math.Min(start + step, pieces.Count), step == 2 && start > 0 ? start - 1 : start);
    }

    /// <summary>As many pieces to a chunk as it holds.</summary>
    private IEnumerable<(int Start, int End, int Overlap)> Fill(List<Piece> pieces)
    {
        for (int start = 0, end; start < pieces.Count; start = end)
        {
            var room = Max - pieces[start].PrefixTokens;
            var overlap = Overlap(pieces, 0, start);
            for (var i = overlap; i < start; i++)
                room -= pieces[i].Tokens;
            for (end = start; end < pieces.Count && (room -= Math.Max(1, pieces[end].Tokens)) >= 0; )
                end++;
            end = Math.Max(end, start + 1);
            yield return (start, end, overlap);
        }
    }

    /// <summary>The first of the pieces before a chunk that it repeats.</summary>
    private int Overlap(List<Piece> pieces, int from, int start)
    {
        var overlap = start;
        for (var size = 0; overlap > from; overlap--)
            if ((size += pieces[overlap - 1].Tokens) > _options.OverlapTokens)
                break;
        return overlap;
    }

    /// <summary>The lines in front of a passage; they may take a third of it, so outer headings go where they would take more.</summary>
    private (string Text, int Tokens) Prefix(string title, string section, string? tableHeader)
    {
        var text = "";
        if (_options.IncludeHeadings)
        {
            var parts = (section.Length == 0 ? title : title + Headings.Separator + section).Split(Headings.Separator).ToList();
            while (parts.Count > 0 && (parts.Sum(part => part.Length) > 16 * Max || _count(Headings.Join(parts)) > Max / 3))
                parts.RemoveAt(parts.Count > 2 ? 1 : 0);
            if (parts.Count > 0)
                text = Headings.Join(parts) + "\n";
        }
        if (tableHeader is not null && tableHeader.Length < 16 * Max && _count(tableHeader) <= Max / 4)
            text += tableHeader + "\n";
        return (text, text.Length == 0 ? 0 : _count(text));
    }

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
            var tinyFits = size < Tiny && regions.Count > 0 && tokens + size + pieces[regions[^1].From].PrefixTokens <= Max;
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

    /// <summary>Packs a region into as few chunks as it needs, near the same size, cut at good places (dynamic programming, whole numbers).</summary>
    private List<(int Start, int End, int Overlap)> Pack(List<Piece> pieces, int from, int to)
    {
        var n = to - from;
        var total = 0L;
        for (var i = from; i < to; i++)
            total += pieces[i].Tokens;
        var room = Math.Max(1, Max - pieces[from].PrefixTokens - _options.OverlapTokens);
        var aim = Math.Max(1, total / ((total + room - 1) / room));
        var best = new long[n + 1];
        var previous = new int[n + 1];
        Array.Fill(best, long.MaxValue, 1, n);
        for (var start = 0; start < n; start++)
        {
            if (best[start] == long.MaxValue)
                continue;
            var size = 0L;
            var limit = Max - pieces[from + start].PrefixTokens - (start > 0 ? _options.OverlapTokens : 0);
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
        var chunks = new List<(int, int, int)>();
        for (var end = n; end > 0; end = previous[end])
        {
            var start = from + previous[end];
            chunks.Add((start, from + end, Overlap(pieces, from, start)));
        }
        chunks.Reverse();
        return chunks;
    }

    private void Emit(Document document, List<Piece> pieces, int start, int end, int overlap, List<Chunk> chunks)
    {
        string passage;
        int tokens;
        while (true)
        {
            passage = Passage(document.Text, pieces, overlap, end);
            tokens = _count(passage);
            if (tokens <= Max || overlap == start)
                break;
            overlap++;
        }
        if (tokens > Max && end - start > 1)
        {
            var middle = start + (end - start) / 2;
            Emit(document, pieces, start, middle, overlap, chunks);
            Emit(document, pieces, middle, end, middle, chunks);
            return;
        }
        var first = pieces[overlap];
        if (tokens > Max && first.End - first.Start > 1)
        {
            var halves = new List<Piece>();
            foreach (var (head, tail) in Splitting.Halves(document.Text, first.Start, first.End))
                halves.Add(first with { Start = head, End = tail, Prefix = tail - head < 8 ? "" : first.Prefix });
            for (var i = 0; i < halves.Count; i++)
                Emit(document, halves, i, i + 1, i, chunks);
            return;
        }
        // White space that became a piece of its own belongs to the chunk before it, at the start of a document to the one after it.
        if (document.Text.AsSpan(first.Start, pieces[end - 1].End - first.Start).IsWhiteSpace())
        {
            if (chunks.Count > 0 && document.Text[chunks[^1].Start..pieces[end - 1].End] is var longer)
                chunks[^1] = chunks[^1] with { Length = longer.Length, Text = longer };
            return;
        }
        var from = chunks.Count == 0 ? 0 : first.Start;
        var text = document.Text[from..pieces[end - 1].End];
        chunks.Add(
            new Chunk(
                $"{document.Id}#{chunks.Count}",
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

    private static string Passage(string text, List<Piece> pieces, int start, int end)
    {
        var first = start;
        // Headings at the start are named by the line in front already.
        if (pieces[start].Prefix.Length > 0)
            while (first < end && pieces[first].Level > 0 && Named(text, pieces[first], pieces[start].Prefix))
                first++;
        if (first == end)
            return pieces[start].Prefix.Trim();
        var body = text[pieces[first].Start..pieces[end - 1].End].TrimEnd();
        // The first line keeps its indentation, so that lists and columns stay in line.
        var blank = body.Length - body.AsSpan().TrimStart().Length;
        var newline = body.AsSpan(0, blank).LastIndexOf('\n');
        return (pieces[start].Prefix + body[(newline + 1)..]).Trim();
    }

    private static bool Named(string text, Piece heading, string prefix)
    {
        var line = text.AsSpan(heading.Start, heading.End - heading.Start).Trim();
        var newline = line.IndexOf('\n');
        return prefix.AsSpan().Contains((newline < 0 ? line : line[..newline]).Trim("# "), StringComparison.Ordinal);
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
