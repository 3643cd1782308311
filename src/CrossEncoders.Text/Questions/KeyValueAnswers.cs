using System.Text.RegularExpressions;

namespace CrossEncoders.Questions;

/// <summary>
/// Questions as lines of names and values: YAML ("- text: …"), TOML ("text = …") or records one after the other. It is read as models write
/// it, not as the standards have it: a colon or a number sign in a question needs no quotes.
/// </summary>
internal static partial class KeyValueAnswers
{
    public static List<FoundQuestion> Read(string answer)
    {
        var reader = new Reader(answer.Split('\n'));
        var found = reader.Read();
        // "Text: …" below a list is a remark of the model's.
        var questions = found.Count == 0 ? 0 : LineAnswers.Read(answer).Count(question => QuestionText.EndsAsQuestion(question.Text));
        return found.Count < questions ? [] : found;
    }

    /// <summary>One pass over the lines; an item ends where the next begins, at an empty line or where a name comes again.</summary>
    private sealed class Reader(string[] lines)
    {
        /// <summary>An item has fewer names: what has more is no list of questions.</summary>
        private const int MostNames = 50;

        private readonly List<FoundQuestion> _found = [];
        private readonly List<KeyValuePair<string, string>> _item = [];
        private (string Style, int Indent)? _below;
        private bool _isListItem;
        private int _line;

        public List<FoundQuestion> Read()
        {
            for (; _line < lines.Length; _line++)
                if (Entry().Match(lines[_line]) is { Success: true } entry)
                    Take(entry);
                else
                    End();
            End();
            return _found;
        }

        private void Take(Match entry)
        {
            var (name, value) = (entry.Groups["name"].Value.Trim(), entry.Groups["value"].Value.Trim());
            var (indent, isListItem) = (entry.Groups["indent"].Length, entry.Groups["dash"].Length > 0);
            if (isListItem || _item.Count >= MostNames || _item.Exists(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)))
                End();
            if (_below is { } below && (indent < below.Indent || (indent == below.Indent && !isListItem && _item.Count == 0)))
                _below = null;
            if (value.Length == 0 && !AnswerNames.IsText(name))
            {
                End();
                _below = AnswerNames.IsStyle(name) ? (name, indent) : _below;
                return;
            }
            _isListItem |= isListItem;
            _item.Add(KeyValuePair.Create(name, WholeValue(value, indent + entry.Groups["dash"].Length)));
        }

        private void End()
        {
            var (text, style) = AnswerNames.Of(_item);
            // "Text: …" alone may be anything.
            if (text is not null && (_isListItem || style is not null || _item.Exists(pair => NamesAQuestion().IsMatch(pair.Key))))
                _found.Add(new FoundQuestion(text, style ?? _below?.Style ?? FoundQuestion.Natural));
            _item.Clear();
            _isListItem = false;
        }

        /// <summary>A value with the lines that go on with it: those further in than its name, in a block or not.</summary>
        private string WholeValue(string value, int column)
        {
            var isBlock = value.Length == 0 || BlockMark().IsMatch(value);
            var parts = new List<string>();
            if (!isBlock)
                parts.Add(value);
            while (_line + 1 < lines.Length)
            {
                var next = lines[_line + 1];
                var inside = next.Length - next.TrimStart().Length > column;
                if (!inside || string.IsNullOrWhiteSpace(next) || (!isBlock && (Entry().IsMatch(next) || ListMark().IsMatch(next))))
                    break;
                parts.Add(next.Trim());
                _line++;
            }
            return LooseAnswers.Unquote(string.Join(' ', parts).TrimEnd(','));
        }
    }

    [GeneratedRegex(
        @"^(?<indent>[ \t]*)(?<dash>(?:[-*•]|"
            + @"\d{1,2}[.)])[ \t]+)?[""'*_]{0,3}(?<name>\p{L}[\p{L}\d _-]{0,29}?)[""'*_]{0,3}[ \t]*(?:[:：][*_]{0,3}|=)[ \t]*(?<value>.*)$"
    )]
    private static partial Regex Entry();

    [GeneratedRegex(@"^[|>][+-]?\d?$")]
    private static partial Regex BlockMark();

    [GeneratedRegex(@"^\s*([-*•]|\d{1,2}[.)])\s")]
    private static partial Regex ListMark();

    [GeneratedRegex(@"question|query|^q$|问题|问句|查询|提问", RegexOptions.IgnoreCase)]
    private static partial Regex NamesAQuestion();
}
