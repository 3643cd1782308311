namespace CrossEncoders.Chunking;

/// <summary>The headings above a place in a document.</summary>
internal sealed class Headings(string title)
{
    public const string Separator = " › ";

    private readonly List<(int Level, string Text)> _open = [];

    /// <summary>The open headings, outermost first, without the document's title.</summary>
    public string Section { get; private set; } = "";

    public void Enter(int level, string text)
    {
        _open.RemoveAll(heading => heading.Level >= level);
        _open.Add((level, text));
        var parts = _open.Select(heading => heading.Text).Where(part => part.Length > 0);
        Section = Join(_open[0].Text == title ? parts.Skip(1) : parts);
    }

    public static string Join(IEnumerable<string> parts) => string.Join(Separator, parts);
}
