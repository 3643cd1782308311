namespace CrossEncoders.Tokenization;

/// <summary>Splits a normalized text into the words that a model encodes one by one.</summary>
internal abstract class PreTokenizer
{
    /// <summary>Appends the words of a text.</summary>
    public abstract void Split(string text, List<string> words);
}

/// <summary>Several pre-tokenizers, each splitting the words of the one before.</summary>
internal sealed class PreTokenizerSequence(IReadOnlyList<PreTokenizer> steps) : PreTokenizer
{
    /// <inheritdoc/>
    public override void Split(string text, List<string> words)
    {
        List<string> current = [text];
        foreach (var step in steps)
        {
            List<string> next = [];
            foreach (var word in current)
                step.Split(word, next);
            current = next;
        }

        words.AddRange(current);
    }
}

/// <summary>Splits at white space, which is dropped.</summary>
internal sealed class WhitespaceSplit : PreTokenizer
{
    /// <inheritdoc/>
    public override void Split(string text, List<string> words)
    {
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && !char.IsWhiteSpace(text[i]))
                continue;
            if (i > start)
                words.Add(text[start..i]);
            start = i + 1;
        }
    }
}

/// <summary>Splits behind each mark, which stays with what is before it (tokenizers' MergedWithPrevious).</summary>
internal sealed class SplitAfter(string mark) : PreTokenizer
{
    /// <inheritdoc/>
    public override void Split(string text, List<string> words)
    {
        for (int start = 0, end; start < text.Length; start = end)
        {
            var found = text.IndexOf(mark, start, StringComparison.Ordinal);
            end = found < 0 ? text.Length : found + mark.Length;
            words.Add(text[start..end]);
        }
    }
}

/// <summary>SentencePiece's escaping: spaces become a mark (U+2581), every word starts with one.</summary>
internal sealed class Metaspace(char mark, bool prepend, bool split) : PreTokenizer
{
    /// <inheritdoc/>
    public override void Split(string text, List<string> words)
    {
        if (text.Length == 0)
            return;
        text = text.Replace(' ', mark);
        if (prepend && text[0] != mark)
            text = $"{mark}{text}";
        var start = 0;
        for (var next = 1; split && (next = text.IndexOf(mark, next)) > 0; next++)
        {
            words.Add(text[start..next]);
            start = next;
        }

        words.Add(start == 0 ? text : text[start..]);
    }
}
