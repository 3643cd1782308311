using System.Text;

namespace NotebookRunner.Notebooks;

/// <summary>What a cell prints, up to a limit over all its streams.</summary>
internal sealed class PrintedText(int limit)
{
    private readonly StringBuilder _text = new();
    private int _left = limit;
    private bool _full;

    /// <summary>Characters that were left out.</summary>
    public long Omitted { get; private set; }

    public void Append(string text)
    {
        if (_full)
        {
            Omitted += text.Length;
            return;
        }
        _text.Append(text);
        if (_text.Length <= _left)
            return;

        // A progress bar overwrites itself and is short in the end. What is still long then is cut, once.
        var final = Terminal.Final(_text.ToString());
        _full = final.Length > _left / 2;
        var (kept, omitted) = OutputLimit.Cut(final, _left);
        Omitted += omitted;
        _text.Clear().Append(kept);
    }

    /// <summary>The final text of the stream so far; the next one starts empty, with what is left of the limit.</summary>
    public string Take()
    {
        var text = NotebookJson.WellFormed(Terminal.Final(_text.ToString()));
        _text.Clear();
        _left = Math.Max(0, _left - text.Length);
        return text;
    }
}
