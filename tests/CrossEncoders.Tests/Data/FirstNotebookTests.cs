using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Data;

/// <summary>The examples of notebook 01 show what its words say.</summary>
public sealed partial class FirstNotebookTests
{
    [Theory]
    [InlineData("question", "passages")]
    [InlineData("chineseQuestion", "chinesePassages")]
    public void TheModelPutsTheAnswerFirstAndKeywordSearchDoesNot(string asked, string among)
    {
        var notebook = JsonNode.Parse(File.ReadAllText(Path.Combine(Shared.Repository, "notebooks", "01-cross-encoders.ipynb")))!;
        var code = string.Join(
            '\n',
            notebook["cells"]!.AsArray().Select(cell => string.Concat(cell!["source"]!.AsArray().Select(line => (string)line!)))
        );
        var question = Regex.Match(code, $"var {asked} = \"(.+)\";").Groups[1].Value;
        string[] passages =
        [
            .. Text()
                .Matches(Regex.Match(code, $"string\\[\\] {among} =\\s+\\[(.+?)\\];", RegexOptions.Singleline).Groups[1].Value)
                .Select(match => match.Groups[1].Value),
        ];
        Assert.InRange(passages.Length, 3, 4);

        using var model = CrossEncoder.FromPretrained(
            Path.Combine(Shared.Repository, "data", "models", "cross-encoder-small-enzh"),
            new() { Report = _ => { } }
        );
        Assert.Contains("1932", model.Rank(question, passages)[0].Text);
        var bm25 = new Bm25Retriever(passages.Select((text, i) => new Passage($"{i}", text)));
        Assert.Equal("0", bm25.Search(question, 1)[0].Passage.Id);
        Assert.DoesNotContain("1932", passages[0]);
    }

    [Fact]
    public void TheModelsItOffersHaveTheFiguresOfReadmeAndCard()
    {
        string Line(string file, string start) =>
            File.ReadLines(Path.Combine(Shared.Repository, file)).First(line => line.StartsWith(start, StringComparison.Ordinal));
        string[] Figures(string line) => [.. Figure().Matches(line).Select(match => match.Value)];

        var rows = Table();
        const string Card = "data/models/cross-encoder-small-enzh/README.md";
        var (with, without) = (Figures(Line(Card, "| **this model alone**")), Figures(Line(Card, "| RRF")));
        Assert.Equal([.. with[..2], .. without[..2]], Figures(rows.Single(row => row.Contains("measured here"))));

        var published = rows.Where(row => row.Contains("published")).ToList();
        Assert.Equal(4, published.Count);
        foreach (var row in published)
        {
            var name = Regex.Match(row, "`(.+?)`").Value;
            var known = File.ReadLines(Path.Combine(Shared.Repository, "README.md"))
                .Single(line => line.StartsWith('|') && line.Contains(name));
            Assert.All(Figures(row), figure => Assert.Contains(figure, known[known.IndexOf(name, StringComparison.Ordinal)..]));
        }
    }

    private static List<string> Table() =>
        [
            .. JsonNode.Parse(File.ReadAllText(Path.Combine(Shared.Repository, "notebooks", "01-cross-encoders.ipynb")))!["cells"]!
                .AsArray()
                .SelectMany(cell => cell!["source"]!.AsArray().Select(line => (string)line!))
                .SkipWhile(line => !line.StartsWith("## Which model", StringComparison.Ordinal))
                .Where(line => line.StartsWith('|'))
                .Skip(2),
        ];

    [GeneratedRegex("\\b0\\.[0-9]{3}\\b")]
    private static partial Regex Figure();

    [GeneratedRegex("\"(.+)\"")]
    private static partial Regex Text();
}
