using System.Globalization;
using static CrossEncoders.Tokenization.TemplateFunctions;
using static CrossEncoders.Tokenization.TemplateValues;

namespace CrossEncoders.Tokenization;

/// <content>Values and what follows them: members, places, calls and filters.</content>
internal sealed partial class TemplateParser
{
    private TemplateExpression Postfix()
    {
        var value = Primary();
        while (!AtEnd)
        {
            var before = value;
            if (Take("."))
            {
                var name = Name();
                if (!AtEnd && words[_next] == "(")
                {
                    var (positional, _) = Arguments();
                    value = scope => Method(before(scope), name, [.. positional.Select(each => each(scope))]);
                }
                else
                {
                    value = scope => Part(before(scope), name);
                }
            }
            else if (Take("["))
            {
                value = Index(before);
            }
            else if (Take("|"))
            {
                var name = Name();
                var (positional, named) = !AtEnd && words[_next] == "(" ? Arguments() : ([], []);
                value = scope =>
                    Filter(
                        name,
                        before(scope),
                        [.. positional.Select(each => each(scope))],
                        named.ToDictionary(each => each.Key, each => each.Value(scope))
                    );
            }
            else
            {
                return value;
            }
        }

        return value;
    }

    /// <summary>What follows "[": a place or key, or a part from one place to another.</summary>
    private TemplateExpression Index(TemplateExpression value)
    {
        var from = Take(":") ? null : Expression();
        if (from is not null && Take("]"))
            return scope => Part(value(scope), from(scope));
        if (from is not null)
            Expect(":");
        var to = Take("]") ? null : Expression();
        if (to is not null)
            Expect("]");
        return scope =>
        {
            var items = Items(value(scope));
            int Place(TemplateExpression? at, int otherwise) =>
                at?.Invoke(scope) is long place ? (int)Math.Clamp(place < 0 ? place + items.Count : place, 0, items.Count) : otherwise;
            var (start, end) = (Place(from, 0), Place(to, items.Count));
            var part = items.Skip(start).Take(Math.Max(0, end - start)).ToList();
            return value(scope) is string ? string.Concat(part.Select(Text)) : part;
        };
    }

    private TemplateExpression Primary()
    {
        if (Take("("))
        {
            var inner = Expression();
            Expect(")");
            return inner;
        }

        if (Take("-"))
        {
            var value = Postfix();
            return scope => value(scope) is long number ? (object)-number : -Number(value(scope));
        }

        if (Take("["))
        {
            var items = new List<TemplateExpression>();
            while (!Take("]"))
            {
                items.Add(Expression());
                Take(",");
            }

            return scope => items.Select(each => each(scope)).ToList();
        }

        var word = Name();
        if (word[0] == '\'')
            return _ => word[1..];
        if (char.IsAsciiDigit(word[0]))
        {
            object number = word.Contains('.')
                ? (object)double.Parse(word, CultureInfo.InvariantCulture)
                : long.Parse(word, CultureInfo.InvariantCulture);
            return _ => number;
        }

        if (!char.IsAsciiLetter(word[0]) && word[0] != '_')
            throw new CrossEncoderException($"'{word}' is not supported here");
        if (!AtEnd && words[_next] == "(")
            return Call(word);
        return word switch
        {
            "true" or "True" => _ => true,
            "false" or "False" => _ => false,
            "none" or "None" => _ => null,
            _ => scope => scope[word],
        };
    }

    private TemplateExpression Call(string function)
    {
        var (positional, named) = Arguments();
        return function switch
        {
            "raise_exception" => scope => throw new CrossEncoderException($"it says: {Text(positional.FirstOrDefault()?.Invoke(scope))}"),
            "namespace" or "dict" => scope => named.ToDictionary(each => each.Key, each => each.Value(scope)),
            "range" when positional.Count == 1 => scope =>
                Enumerable.Range(0, (int)Math.Clamp((long)positional[0](scope)!, 0, 10_000)).Select(i => (object?)(long)i).ToList(),
            _ => throw new CrossEncoderException($"the function '{function}' is not supported"),
        };
    }

    private (List<TemplateExpression> Positional, Dictionary<string, TemplateExpression> Named) Arguments()
    {
        var (positional, named) = (new List<TemplateExpression>(), new Dictionary<string, TemplateExpression>());
        Expect("(");
        while (!Take(")"))
        {
            if (words.ElementAtOrDefault(_next + 1) == "=")
            {
                var name = Name();
                Expect("=");
                named[name] = Expression();
            }
            else
            {
                positional.Add(Expression());
            }

            Take(",");
        }

        return (positional, named);
    }
}
