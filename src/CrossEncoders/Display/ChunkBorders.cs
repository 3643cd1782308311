using System.Text;
using CrossEncoders.Chunking;
using CrossEncoders.Documents;

namespace CrossEncoders.Display;

/// <summary>
/// A document's text with its chunks to see: each on a ground of its own, with its number and size in front, and what two chunks share on
/// a third.
/// </summary>
[TypeFormatterSource(typeof(HtmlViewFormatters), PreferredMimeTypes = [MimeTypes.Html, MimeTypes.Text])]
public sealed class ChunkBorders : IHtmlView
{
    private static readonly string[] Grounds = ["rgba(0,114,178,.13)", "rgba(230,159,0,.16)"];
    private const string Shared = "rgba(213,94,0,.4)";
    private readonly Document _document;
    private readonly Chunk[] _chunks;
    private readonly int _end;

    internal ChunkBorders(Document document, IEnumerable<Chunk> chunks, int maxCharacters)
    {
        (_document, _end) = (document, Math.Min(document.Text.Length, maxCharacters));
        _chunks = [.. chunks.Where(chunk => chunk.DocumentId == document.Id && chunk.Start < _end).OrderBy(chunk => chunk.Start)];
    }

    /// <summary>The text as a fragment of HTML.</summary>
    public string ToHtml()
    {
        var html = new StringBuilder(
            $"<figure style=\"margin:0 0 1em\"><div style=\"white-space:pre-wrap;overflow-wrap:anywhere;font-size:.9em;line-height:1.5\">"
        );
        int[] ends =
        [
            .. _chunks.SelectMany(chunk => (int[])[chunk.Start, chunk.Start + chunk.Length]).Append(_end).Where(end => end <= _end),
        ];
        var at = 0;
        foreach (var end in ends.Distinct().Order())
        {
            Append(html, at, end);
            at = end;
        }

        return html.Append($"</div><figcaption style=\"font-size:.85em\">{Html.Encode(ToString())}</figcaption></figure>").ToString();
    }

    /// <summary>Where the borders are, in words.</summary>
    public override string ToString()
    {
        var shared = _chunks.Zip(_chunks.Skip(1), (first, second) => Math.Max(0, first.Start + first.Length - second.Start)).Sum();
        return $"{_document.Id}, the first {_end} of {_document.Text.Length} characters: {_chunks.Length} chunks of "
            + string.Join(", ", _chunks.Select(chunk => chunk.Tokens))
            + $" tokens with their headings, {shared} characters in two of them.";
    }

    private void Append(StringBuilder html, int from, int to)
    {
        if (from >= to)
            return;
        foreach (var (number, chunk) in _chunks.Index().Where(entry => entry.Item.Start == from))
            html.Append("<strong style=\"border-left:3px solid currentColor;padding:0 .4em\">")
                .Append($"{number} · {chunk.Tokens} tokens</strong>");
        int[] covering =
        [
            .. _chunks
                .Index()
                .Where(entry => entry.Item.Start <= from && from < entry.Item.Start + entry.Item.Length)
                .Select(entry => entry.Index),
        ];
        var ground =
            covering.Length > 1 ? Shared
            : covering is [var only] ? Grounds[only % Grounds.Length]
            : "none";
        html.Append($"<span style=\"background:{ground}\">{Html.Encode(_document.Text[from..to])}</span>");
    }
}
