using System.Text;
using static CrossEncoders.Tokenization.TemplateValues;

namespace CrossEncoders.Tokenization;

/// <summary>The statements of a chat template: loops, conditions and names that are set.</summary>
internal static class TemplateStatements
{
    private static readonly string[] Ends = ["endif", "elif", "else", "endfor", "endset"];

    /// <summary>
    /// Pieces up to the statement that ends them, which is given as <paramref name="end"/>; null for the end of the text.
    /// </summary>
    public static Action<TemplateScope, StringBuilder> Block(Queue<(TemplatePiece Kind, string Content)> pieces, out string? end)
    {
        var steps = new List<Action<TemplateScope, StringBuilder>>();
        end = null;
        while (end is null && pieces.TryDequeue(out var piece))
        {
            var (kind, content) = piece;
            if (kind == TemplatePiece.Text)
                steps.Add((_, text) => text.Append(content));
            else if (kind == TemplatePiece.Output)
                steps.Add(Output(content));
            else if (Ends.Contains(content.Split(' ')[0]))
                end = content;
            else
                steps.Add(Statement(content, pieces));
        }

        return (scope, text) => steps.ForEach(step => step(scope, text));
    }

    private static Action<TemplateScope, StringBuilder> Output(string content)
    {
        var value = Whole(new(TemplateTokens.Words(content)), parser => parser.Expression());
        return (scope, text) => text.Append(Text(value(scope)));
    }

    private static Action<TemplateScope, StringBuilder> Statement(string content, Queue<(TemplatePiece, string)> pieces)
    {
        var parser = new TemplateParser(TemplateTokens.Words(content));
        return parser.Name() switch
        {
            "set" => Set(parser),
            "if" => If(parser, pieces),
            "for" => For(parser, pieces),
            "generation" or "endgeneration" => (_, _) => { }, // marks what an assistant says
            var other => throw new CrossEncoderException($"the statement '{other}' is not supported"),
        };
    }

    private static Action<TemplateScope, StringBuilder> Set(TemplateParser parser)
    {
        var name = parser.Name();
        var member = parser.Take(".") ? parser.Name() : null;
        parser.Expect("=");
        var value = Whole(parser, each => each.Expression());
        return (scope, _) =>
        {
            if (member is null)
                scope[name] = value(scope);
            else if (scope[name] is Dictionary<string, object?> map)
                map[member] = value(scope);
            else
                throw new CrossEncoderException($"'{name}' is no namespace");
        };
    }

    private static Action<TemplateScope, StringBuilder> If(TemplateParser parser, Queue<(TemplatePiece, string)> pieces)
    {
        var condition = Whole(parser, each => each.Expression());
        var then = Block(pieces, out var end);
        Action<TemplateScope, StringBuilder> otherwise = (_, _) => { };
        if (end?.StartsWith("elif ", StringComparison.Ordinal) == true)
        {
            otherwise = If(new(TemplateTokens.Words(end["elif ".Length..])), pieces);
        }
        else
        {
            if (end == "else")
                otherwise = Block(pieces, out end);
            Require(end, "endif");
        }

        return (scope, text) => (IsTrue(condition(scope)) ? then : otherwise)(scope, text);
    }

    private static Action<TemplateScope, StringBuilder> For(TemplateParser parser, Queue<(TemplatePiece, string)> pieces)
    {
        var names = new List<string> { parser.Name() };
        while (parser.Take(","))
            names.Add(parser.Name());
        parser.Expect("in");
        var list = parser.Or();
        var condition = parser.Take("if") ? parser.Expression() : _ => true;
        Whole(parser, _ => list);
        var body = Block(pieces, out var end);
        Action<TemplateScope, StringBuilder> empty = (_, _) => { };
        if (end == "else")
            empty = Block(pieces, out end);
        Require(end, "endfor");
        return (scope, text) =>
        {
            var inner = Items(list(scope)).Select(item => Named(new(scope), names, item)).Where(each => IsTrue(condition(each))).ToList();
            foreach (var (index, each) in inner.Index())
            {
                each["loop"] = Loop(index, inner.Count);
                body(each, text);
            }

            if (inner.Count == 0)
                empty(scope, text);
        };
    }

    private static TemplateScope Named(TemplateScope scope, List<string> names, object? item)
    {
        foreach (var (index, name) in names.Index())
            scope[name] = names.Count == 1 ? item : Part(item, (long)index);
        return scope;
    }

    private static Dictionary<string, object?> Loop(int index, int count) =>
        new()
        {
            ["index"] = index + 1L,
            ["index0"] = (long)index,
            ["first"] = index == 0,
            ["last"] = index == count - 1,
            ["length"] = (long)count,
        };

    private static TemplateExpression Whole(TemplateParser parser, Func<TemplateParser, TemplateExpression> read)
    {
        var value = read(parser);
        return parser.AtEnd ? value : throw new CrossEncoderException($"'{parser.Name()}' is not expected");
    }

    private static void Require(string? end, string expected)
    {
        if (end != expected)
            throw new CrossEncoderException($"'{expected}' was expected {(end is null ? "before the end" : $"and not '{end}'")}");
    }
}
