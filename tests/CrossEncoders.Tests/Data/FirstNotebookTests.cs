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

    [GeneratedRegex("\"(.+)\"")]
    private static partial Regex Text();
}
