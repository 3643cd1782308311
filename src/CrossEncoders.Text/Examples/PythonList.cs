using System.Globalization;
using System.Text;
using CrossEncoders.Documents;

namespace CrossEncoders.Examples;

/// <summary>
/// Lists and objects that became text on their way through a table: as Python prints them (['a', "b"], also numpy's without commas), or
/// as JSON.
/// </summary>
internal sealed class PythonList
{
    private const int Deepest = 16;
    private readonly string _text;
    private int _at;

    private PythonList(string text) => _text = text;

    /// <summary>The list or object that a text is, or null where it is neither.</summary>
    public static object? Parse(string text)
    {
        var trimmed = text.Trim();
        if (trimmed.Length < 2 || (trimmed[0], trimmed[^1]) is not (('[', ']') or ('{', '}')))
            return null;
        var list = new PythonList(trimmed);
        return list.Value(0, out var value) && list._at == trimmed.Length ? value : null;
    }

    private bool Value(int depth, out object? value)
    {
        value = null;
        if (depth > Deepest || _at >= _text.Length)
            return false;
        return _text[_at] switch
        {
            '[' => Items(']', depth, out value),
            '(' => Items(')', depth, out value),
            '{' => Entries(depth, out value),
            '\'' or '"' => Quoted(out value),
            _ => Word(out value),
        };
    }

    private bool Items(char end, int depth, out object? value)
    {
        var items = new List<object?>();
        value = items;
        _at++;
        while (true)
        {
            Skip(",");
            if (_at >= _text.Length)
                return false;
            if (_text[_at] == end)
            {
                _at++;
                return true;
            }
            if (!Value(depth + 1, out var item))
                return false;
            items.Add(item);
        }
    }

    private bool Entries(int depth, out object? value)
    {
        var start = _at++;
        var values = new Dictionary<string, object?>();
        value = null;
        while (true)
        {
            Skip(",");
            if (_at >= _text.Length)
                return false;
            if (_text[_at] == '}')
            {
                _at++;
                value = new TableObject(values, _text[start.._at]);
                return true;
            }
            if (!Value(depth + 1, out var name) || name is not string key)
                return false;
            Skip("");
            if (_at >= _text.Length || _text[_at++] != ':')
                return false;
            Skip("");
            if (!Value(depth + 1, out var item))
                return false;
            values[key] = item;
        }
    }

    private bool Quoted(out object? value)
    {
        var quote = _text[_at++];
        var text = new StringBuilder();
        value = null;
        while (_at < _text.Length)
        {
            var c = _text[_at++];
            if (c == quote)
            {
                value = text.ToString();
                return IsWhole(text);
            }
            if (c != '\\')
                text.Append(c);
            else if (_at == _text.Length || !Escaped(_text[_at++], text))
                return false;
        }
        return false;
    }

    private bool Escaped(char c, StringBuilder text)
    {
        var digits = c switch
        {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        if (digits == 0)
        {
            text.Append(
                c switch
                {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    'b' => '\b',
                    'f' => '\f',
                    _ => c,
                }
            );
            return true;
        }
        if (
            _at + digits > _text.Length
            || !uint.TryParse(_text.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            || code > 0x10FFFF
        )
            return false;
        _at += digits;
        if (code < 0x10000)
            text.Append((char)code);
        else
            text.Append(char.ConvertFromUtf32((int)code));
        return true;
    }

    // Half of a surrogate pair, as "\ud83d" cut off there, is not text.
    private static bool IsWhole(StringBuilder text)
    {
        foreach (var rune in text.ToString().EnumerateRunes())
            if (rune == Rune.ReplacementChar && !text.ToString().Contains('\uFFFD'))
                return false;
        return true;
    }

    private bool Word(out object? value)
    {
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '.' or '+' or '-' or '_'))
            _at++;
        var word = _text[start.._at];
        value = word switch
        {
            "True" or "true" => 1.0,
            "False" or "false" => 0.0,
            _ => null,
        };
        if (value is null && double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            value = number;
        return value is not null || word is "None" or "null" or "nan";
    }

    private void Skip(string also)
    {
        while (_at < _text.Length && (char.IsWhiteSpace(_text[_at]) || also.Contains(_text[_at])))
            _at++;
    }
}
