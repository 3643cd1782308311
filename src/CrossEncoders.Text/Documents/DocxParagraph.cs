using System.Text;

namespace CrossEncoders.Documents;

/// <summary>A paragraph of a Word document while it is read.</summary>
internal sealed class DocxParagraph(DocxStyles styles)
{
    private bool? _hidden; // as the run itself says
    private string? _runStyle;

    public StringBuilder Text { get; } = new();

    /// <summary>The notes that it refers to.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>The outline level that it has of its own; null for that of its style.</summary>
    public int? Outline { get; set; }

    /// <summary>Whether it is an item of a list by itself, and not by its style.</summary>
    public bool IsItem { get; set; }

    /// <summary>The list that it names itself; "0" for none.</summary>
    public string? List { get; set; }

    public int? Depth { get; set; }

    public bool InText { get; set; }

    /// <summary>Whether its end was deleted or moved away, so that the next paragraph goes on in it.</summary>
    public bool IsOpen { get; set; }

    public string? Style { get; set; }

    public int Level => Outline ?? styles.Level(Style);

    /// <summary>Whether text at this place is hidden, which the styles of paragraph and run toggle and the run itself decides.</summary>
    public bool IsHidden => _hidden ?? (styles.IsHidden(Style) ^ (_runStyle is not null && styles.IsHidden(_runStyle)));

    public void StartRun() => (_hidden, _runStyle) = (null, null);

    public void HideRun(bool hidden) => _hidden = hidden;

    public void StyleRun(string? style) => _runStyle = style;

    public void Append(string text)
    {
        if (!IsHidden)
            Text.Append(text);
    }
}
