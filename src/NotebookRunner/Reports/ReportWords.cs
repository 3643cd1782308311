using System.Text;
using NotebookRunner.Notebooks;

namespace NotebookRunner.Reports;

/// <summary>A report's own words, in the language that the texts of its notebooks are written in.</summary>
internal sealed record ReportWords
{
    private static readonly ReportWords English = new();

    private static readonly ReportWords Chinese = new()
    {
        Language = "zh",
        Title = "笔记本报告",
        Contents = "目录",
        Headline = "主要结果",
        AllFigures = "全部数值",
        Figure = "指标",
        Value = "数值 [95 % 区间]",
        Verdict = "结论",
        MadeFrom = "本报告的来源",
        Parameters = "参数",
        Seed = "随机种子",
        Data = "数据 (SHA-256)",
        Commit = "提交",
        Machine = "机器",
        Packages = "软件包",
        Failed = "失败",
        NotRun = "未运行",
        Kept = "未运行，保留原输出",
        Unchanged = "未改动，没有重新运行；输出来自 {0}",
        NotRendered = "此文本无法显示：",
        Summary = "{1} 个笔记本中 {0} 个运行完毕，用时 {2}，{3}",
    };

    /// <summary>The language as pages name it.</summary>
    public string Language { get; private init; } = "en";
    public string Title { get; private init; } = "Notebook report";
    public string Contents { get; private init; } = "Contents";
    public string Headline { get; private init; } = "Headline figures";
    public string AllFigures { get; private init; } = "All figures";
    public string Figure { get; private init; } = "figure";
    public string Value { get; private init; } = "value [95 % interval]";
    public string Verdict { get; private init; } = "verdict";
    public string MadeFrom { get; private init; } = "What this report was made from";
    public string Parameters { get; private init; } = "Parameters";
    public string Seed { get; private init; } = "Seed";
    public string Data { get; private init; } = "Data (SHA-256)";
    public string Commit { get; private init; } = "Commit";
    public string Machine { get; private init; } = "Machine";
    public string Packages { get; private init; } = "Packages";

    public string Failed { get; private init; } = "failed";
    public string NotRun { get; private init; } = "not run";
    public string Kept { get; private init; } = "not run, output kept";

    /// <summary>Of a notebook that was not run again: the time of its output.</summary>
    public string Unchanged { get; private init; } = "unchanged, not run again; output of {0}";
    public string NotRendered { get; private init; } = "This text could not be rendered: ";

    /// <summary>What became of the run: notebooks complete, notebooks in all, duration, time.</summary>
    public string Summary { get; private init; } = "{0} of {1} notebooks complete, {2}, {3}";

    /// <summary>The words for these notebooks.</summary>
    public static ReportWords For(IEnumerable<Notebook> notebooks) =>
        LanguageOf(
            string.Concat(notebooks.SelectMany(notebook => notebook.Cells).Where(cell => cell.IsMarkdown).Select(cell => cell.Source))
        ) == Chinese.Language
            ? Chinese
            : English;

    /// <summary>The language of a text: Chinese where a third of its letters are, since a word of others has several.</summary>
    public static string LanguageOf(string text)
    {
        int letters = 0,
            han = 0;
        foreach (var rune in text.EnumerateRunes().Where(Rune.IsLetter))
        {
            letters++;
            han += rune.Value is (>= 0x3400 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF) ? 1 : 0;
        }
        return han * 3 > letters ? Chinese.Language : English.Language;
    }
}
