using System.Text.RegularExpressions;

namespace CrossEncoders.Display;

/// <summary>What encloses a node's text.</summary>
internal enum FlowShape
{
    Box,
    Round,
    Stadium,
    Rhombus,
}

/// <summary>How a link is drawn.</summary>
internal enum FlowStyle
{
    Plain,
    Dotted,
    Thick,
}

/// <summary>A node; lines of its text are parted by line feeds.</summary>
internal sealed record FlowNode(string Id, string Text, FlowShape Shape);

/// <summary>A link between two nodes, named by their ids.</summary>
internal sealed record FlowLink(string From, string To, string Label, FlowStyle Style, bool HasArrow);

/// <summary>A flowchart as it is written: nodes in the order of their first mention, links, direction.</summary>
internal sealed partial class FlowText
{
    private const int MostNodes = 200; // More are no picture to read.
    private const int LongestLine = 2000;

    private readonly Dictionary<string, FlowNode> _nodes = new(StringComparer.Ordinal);
    private readonly List<FlowNode> _order = [];
    private readonly List<FlowLink> _links = [];

    /// <summary>LR, RL, TB or BT.</summary>
    public string Direction { get; private set; } = "";

    public IReadOnlyList<FlowNode> Nodes => [.. _order.Select(node => _nodes[node.Id])];

    public IReadOnlyList<FlowLink> Links => _links;

    /// <exception cref="CrossEncoderException">A line cannot be read.</exception>
    public static FlowText Read(string mermaid)
    {
        var text = new FlowText();
        var lines = mermaid.ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            foreach (var statement in Statement().Matches(lines[i]).Select(part => part.Value.Trim()).Where(part => part.Length > 0))
            {
                if (statement.StartsWith("%%", StringComparison.Ordinal))
                    break; // a comment, up to the end of the line
                if (!Passed().IsMatch(statement))
                    text.Add(statement, i + 1);
            }
        }
        return text._order.Count > 0
            ? text
            : throw new CrossEncoderException(
                "A flowchart was expected, such as \"flowchart LR\" and, on the next line, \"a[Text] --> b[Text]\"; the text has no node."
            );
    }

    private void Add(string statement, int number)
    {
        if (Direction.Length == 0)
        {
            Direction = Head().Match(statement) is { Success: true } head
                ? head.Groups["direction"].Value.Replace("TD", "TB")
                : throw Unread(statement, number, "\"flowchart LR\" (or RL, TB, TD, BT); other kinds of diagram are not drawn");
            Direction = Direction.Length == 0 ? "TB" : Direction;
            return;
        }
        var at = 0;
        var from = Group(statement, ref at, number);
        while (at < statement.Length)
        {
            var link = Link().Match(statement, at);
            if (!link.Success || link.Index != at || statement.Length > LongestLine)
                throw Unread(statement[at..], number, "an arrow such as --> or -->|label|; subgraphs are not drawn");
            at += link.Length;
            var to = Group(statement, ref at, number);
            var (sign, label) = (link.Groups["link"].Value, link.Groups["label"].Value.Trim().Trim('"'));
            var style =
                sign.Contains('=') ? FlowStyle.Thick
                : sign.Contains('.') ? FlowStyle.Dotted
                : FlowStyle.Plain;
            foreach (var first in from)
            foreach (var second in to)
                _links.Add(
                    first != second
                        ? new(first, second, Lines(label).Replace('\n', ' '), style, sign.EndsWith('>'))
                        : throw Unread(statement, number, "two different ends; an arrow from a node to itself is not drawn")
                );
            from = to;
        }
    }

    /// <summary>The ids of one node or of several joined by <c>&amp;</c>.</summary>
    private List<string> Group(string statement, ref int at, int number)
    {
        for (var ids = new List<string>(); ; at++)
        {
            var node = Node().Match(statement, at);
            var shape = Shape(node.Groups["open"].Value, node.Groups["close"].Value);
            if (!node.Success || node.Index != at || shape is null || statement.Length > LongestLine)
                throw Unread(statement[at..], number, "a node such as a or a[Text]");
            at += node.Length;
            ids.Add(Add(node.Groups["id"].Value, node.Groups["open"].Success ? node.Groups["text"].Value : null, shape.Value, number));
            if (at >= statement.Length || statement[at] != '&')
                return ids;
        }
    }

    private string Add(string id, string? text, FlowShape shape, int number)
    {
        if (!_nodes.ContainsKey(id))
            _order.Add(new(id, id, FlowShape.Box));
        if (_order.Count > MostNodes)
            throw new CrossEncoderException(
                $"At most {MostNodes} nodes were expected, line {number} of the flowchart has one more. Draw a part."
            );
        if (text is not null || !_nodes.ContainsKey(id))
            _nodes[id] = new(id, Lines(text ?? id), shape);
        return id;
    }

    private static string Lines(string text) => Break().Replace(text, "\n").Trim();

    private static FlowShape? Shape(string open, string close) =>
        (open, close) switch
        {
            ("", "") or ("[", "]") or ("[[", "]]") => FlowShape.Box,
            ("(", ")") or ("[(", ")]") => FlowShape.Round,
            ("([", "])") or ("((", "))") => FlowShape.Stadium,
            ("{", "}") => FlowShape.Rhombus,
            _ => null,
        };

    private static CrossEncoderException Unread(string found, int number, string expected) =>
        new($"Line {number} of the flowchart: expected {expected}. Found: \"{Html.Clip(found, 60)}\".");

    [GeneratedRegex(@"([^;""]|""[^""]*""?)+", RegexOptions.ExplicitCapture)]
    private static partial Regex Statement();

    [GeneratedRegex(@"^(style|classDef|class|linkStyle|click)\s")]
    private static partial Regex Passed();

    [GeneratedRegex(@"^(flowchart|graph)(\s+(?<direction>LR|RL|TB|TD|BT))?$")]
    private static partial Regex Head();

    [GeneratedRegex(
        @"\G\s*(?<id>[\p{L}\p{N}_]+)((?<open>\(\[|\[\(|\(\(|\[\[|\[|\(|\{)\s*(""(?<text>[^""]*)""|(?<text>[^\[\](){}""]*))\s*"
            + @"(?<close>\]\)|\)\]|\)\)|\]\]|\]|\)|\}))?(:::[\w-]+)?\s*",
        RegexOptions.ExplicitCapture
    )]
    private static partial Regex Node();

    [GeneratedRegex(
        @"\G((?<link>--+>|---+|-\.+->|-\.+-|==+>|===+)(\s*\|(?<label>[^|]*)\|)?"
            + @"|(--|==|-\.)\s+(?<label>[^|>]*?)\s+(?<link>--+>|---+|==+>|===+|\.-+>|\.-+))\s*",
        RegexOptions.ExplicitCapture
    )]
    private static partial Regex Link();

    [GeneratedRegex(@"<br\s*/?>|\\n", RegexOptions.IgnoreCase)]
    private static partial Regex Break();
}
