using static CrossEncoders.Tokenization.TemplateFunctions;
using static CrossEncoders.Tokenization.TemplateValues;

namespace CrossEncoders.Tokenization;

/// <summary>Words to expressions, by descent through Jinja's order of operators.</summary>
internal sealed partial class TemplateParser(List<string> words)
{
    private static readonly string[] Comparisons = ["==", "!=", "<", ">", "<=", ">="];
    private int _next;

    public bool AtEnd => _next == words.Count;

    public bool Take(string word)
    {
        if (AtEnd || words[_next] != word)
            return false;
        _next++;
        return true;
    }

    public void Expect(string word)
    {
        if (!Take(word))
            throw new CrossEncoderException($"'{word}' was expected {(AtEnd ? "at the end" : $"before '{words[_next]}'")}");
    }

    public string Name() => AtEnd ? throw new CrossEncoderException("a name was expected at the end") : words[_next++];

    /// <summary>A whole expression: <c>a if condition else b</c>, or anything that binds more.</summary>
    public TemplateExpression Expression()
    {
        var value = Or();
        if (!Take("if"))
            return value;
        var condition = Or();
        var otherwise = Take("else") ? Expression() : _ => Undefined;
        return scope => IsTrue(condition(scope)) ? value(scope) : otherwise(scope);
    }

    /// <summary>The same without <c>if</c>, which ends the list of a loop.</summary>
    public TemplateExpression Or()
    {
        var left = And();
        while (Take("or"))
        {
            var (first, second) = (left, And());
            left = scope => first(scope) is var value && IsTrue(value) ? value : second(scope);
        }

        return left;
    }

    private TemplateExpression And()
    {
        var left = Not();
        while (Take("and"))
        {
            var (first, second) = (left, Not());
            left = scope => first(scope) is var value && !IsTrue(value) ? value : second(scope);
        }

        return left;
    }

    private TemplateExpression Not()
    {
        if (!Take("not"))
            return Comparison();
        var value = Not();
        return scope => !IsTrue(value(scope));
    }

    private TemplateExpression Comparison()
    {
        var left = Sum();
        while (!AtEnd)
        {
            var first = left;
            if (Comparisons.FirstOrDefault(Take) is { } sign)
            {
                var second = Sum();
                left = scope => Compared(sign, first(scope), second(scope));
            }
            else if (Take("in") || (words[_next] == "not" && words.ElementAtOrDefault(_next + 1) == "in"))
            {
                var negated = Take("not") && Take("in");
                var second = Sum();
                left = scope => Contains(second(scope), first(scope)) != negated;
            }
            else if (Take("is"))
            {
                var negated = Take("not");
                var name = Name();
                var arguments = !AtEnd && words[_next] == "(" ? Arguments().Positional : [];
                left = scope => Test(name, first(scope), [.. arguments.Select(each => each(scope))]) != negated;
            }
            else
            {
                return left;
            }
        }

        return left;
    }

    private static bool Compared(string sign, object? left, object? right) =>
        sign switch
        {
            "==" => AreEqual(left, right),
            "!=" => !AreEqual(left, right),
            "<" => Compare(left, right) < 0,
            ">" => Compare(left, right) > 0,
            "<=" => Compare(left, right) <= 0,
            _ => Compare(left, right) >= 0,
        };

    private TemplateExpression Sum()
    {
        var left = Product();
        while (((string[])["+", "-", "~"]).FirstOrDefault(Take) is { } sign)
        {
            var (first, second) = (left, Product());
            left = scope =>
                (sign, first(scope), second(scope)) switch
                {
                    ("~", var a, var b) => Text(a) + Text(b),
                    ("+", string a, string b) => a + b,
                    ("+", List<object?> a, List<object?> b) => a.Concat(b).ToList(),
                    ("+", long a, long b) => a + b,
                    ("-", long a, long b) => a - b,
                    (_, var a, var b) => throw new CrossEncoderException($"'{sign}' of {Text(a)} and {Text(b)} is not supported"),
                };
        }

        return left;
    }

    private TemplateExpression Product()
    {
        var left = Postfix();
        while (((string[])["*", "%", "//"]).FirstOrDefault(Take) is { } sign)
        {
            var (first, second) = (left, Postfix());
            left = scope =>
                (sign, first(scope), second(scope)) switch
                {
                    ("*", long a, long b) => a * b,
                    ("*", string a, long b) => string.Concat(Enumerable.Repeat(a, (int)Math.Clamp(b, 0, 10_000))),
                    ("%", long a, long b and not 0) => ((a % b) + b) % b,
                    ("//", long a, long b and not 0) => (long)Math.Floor((double)a / b),
                    (_, var a, var b) => throw new CrossEncoderException($"'{sign}' of {Text(a)} and {Text(b)} is not supported"),
                };
        }

        return left;
    }
}
