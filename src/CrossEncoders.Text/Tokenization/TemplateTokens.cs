using System.Text;
using System.Text.RegularExpressions;

namespace CrossEncoders.Tokenization;

/// <summary>What a piece of a chat template is.</summary>
internal enum TemplatePiece
{
    /// <summary>Text as it stands.</summary>
    Text,

    /// <summary>What <c>{{ }}</c> holds.</summary>
    Output,

    /// <summary>What <c>{% %}</c> holds.</summary>
    Statement,
}

/// <summary>A chat template (Jinja) cut into text, outputs and statements, white space as transformers sets it.</summary>
/// <remarks><c>trim_blocks</c> and <c>lstrip_blocks</c> are on, and one line end at the end of the file is dropped.</remarks>
internal static partial class TemplateTokens
{
    /// <summary>The pieces of a template in their order.</summary>
    /// <exception cref="CrossEncoderException">A tag is not closed.</exception>
    public static List<(TemplatePiece Kind, string Content)> Pieces(string template)
    {
        template = template.Replace("\r\n", "\n", StringComparison.Ordinal);
        if (template.EndsWith('\n'))
            template = template[..^1];
        var pieces = new List<(TemplatePiece, string)>();
        var (position, stripsNext, dropsLine, atLineStart) = (0, false, false, true);
        while (true)
        {
            var open = NextTag(template, position);
            var text = template[position..(open < 0 ? template.Length : open)];
            if (stripsNext)
                text = text.TrimStart();
            else if (dropsLine && text.StartsWith('\n'))
                (text, atLineStart) = (text[1..], true);
            if (open < 0)
            {
                pieces.Add((TemplatePiece.Text, text));
                return pieces;
            }

            var kind = template[open + 1];
            var (closing, from) = (kind == '{' ? "}}" : $"{kind}}}", open + 2);
            var close = kind == '#' ? template.IndexOf(closing, from, StringComparison.Ordinal) : Close(template, from, closing);
            if (close < 0)
                throw new CrossEncoderException($"a '{template[open..from]}' is not closed");
            if (from < close && template[from] == '-')
            {
                text = text.TrimEnd();
                from++;
            }
            else if (from < close && template[from] == '+')
            {
                from++;
            }
            else if (kind != '{')
            {
                text = atLineStart && text.All(each => each is ' ' or '\t') ? "" : IndentBeforeTag().Replace(text, "");
            }

            pieces.Add((TemplatePiece.Text, text));
            stripsNext = close > from && template[close - 1] == '-';
            dropsLine = kind != '{' && !(close > from && template[close - 1] == '+');
            if (kind != '#')
            {
                var to = close > from && template[close - 1] is '-' or '+' ? close - 1 : close;
                pieces.Add((kind == '{' ? TemplatePiece.Output : TemplatePiece.Statement, template[from..to].Trim()));
            }

            (position, atLineStart) = (close + 2, false);
        }
    }

    /// <summary>The words of an expression: names, numbers, quoted texts (their quotes as the first character) and signs.</summary>
    /// <exception cref="CrossEncoderException">There is something else in it.</exception>
    public static List<string> Words(string expression)
    {
        var words = new List<string>();
        for (var position = 0; position < expression.Length; )
        {
            var match = Word().Match(expression, position);
            if (!match.Success || match.Length == 0)
                throw new CrossEncoderException($"'{Excerpt.Of(expression[position..], 40)}' is not understood");
            position += match.Length;
            if (match.Value.Trim() is { Length: > 0 } word)
                words.Add(word[0] is '\'' or '"' ? "'" + Unquoted(word[1..^1]) : word);
        }

        return words;
    }

    private static string Unquoted(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length)
                result.Append(
                    text[++i] switch
                    {
                        'n' => '\n',
                        't' => '\t',
                        'r' => '\r',
                        var other => other,
                    }
                );
            else
                result.Append(text[i]);
        }

        return result.ToString();
    }

    private static int NextTag(string template, int from)
    {
        for (var i = template.IndexOf('{', from); i >= 0 && i + 1 < template.Length; i = template.IndexOf('{', i + 1))
        {
            if (template[i + 1] is '{' or '%' or '#')
                return i;
        }

        return -1;
    }

    /// <summary>Where a tag ends; quotes may hold what looks like its end.</summary>
    private static int Close(string template, int from, string closing)
    {
        var quote = '\0';
        for (var i = from; i < template.Length; i++)
        {
            if (quote != '\0')
            {
                if (template[i] == '\\')
                    i++;
                else if (template[i] == quote)
                    quote = '\0';
            }
            else if (template[i] is '\'' or '"')
            {
                quote = template[i];
            }
            else if (string.CompareOrdinal(template, i, closing, 0, closing.Length) == 0)
            {
                return i;
            }
        }

        return -1;
    }

    [GeneratedRegex(@"(?<=\n)[ \t]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex IndentBeforeTag();

    [GeneratedRegex(
        """\G(?:\s+|[A-Za-z_][A-Za-z0-9_]*|[0-9]+(?:\.[0-9]+)?|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'"""
            + """|==|!=|<=|>=|//|[-+*/%~<>=|.,:()\[\]{}])""",
        RegexOptions.CultureInvariant | RegexOptions.Singleline
    )]
    private static partial Regex Word();
}
