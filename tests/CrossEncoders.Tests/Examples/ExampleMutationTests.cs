using System.Text;
using CrossEncoders.Examples;

namespace CrossEncoders.Tests.Examples;

/// <summary>
/// Files of examples that were damaged in every way: they give examples or a clear error, and nothing else.
/// </summary>
public sealed class ExampleMutationTests : IDisposable
{
    private const int Seeds = 10_000;

    private static readonly string[] Pieces =
    [
        .. Damage.Json,
        "'",
        "\t",
        "\r\n",
        "label",
        "positive",
        "negatives",
        "['a' 'b']",
        "{'text': 1}",
        "\"texts\":",
    ];

    private static readonly string[] Lines =
    [
        """{"texts":["q","p"],"label":1,"id":"1","group":"g"}""",
        """{"query":"q","positive_passages":[{"docid":"1","title":"T","text":"p"}],"negative_passages":[{"text":"n"}]}""",
        """{"query":"q","pos":["a","b"],"neg":["c"],"pos_scores":[1,2],"neg_scores":[0]}""",
        """{"query":"q","passages":{"is_selected":[0,1],"passage_text":["a","b"]}}""",
        """{"query":"q","docs":["a","b"],"labels":[1,0.5],"titles":["S","T"]}""",
    ];

    private const string Table =
        "query,positive,negatives,scores\n"
        + "q,\"['a \"\"x\"\"']\",\"[\"\"b\"\", 'c\\n']\",\"[1, 0 0.5]\"\n"
        + "r,p,\"[{'title': None, 'text': 'n'}]\",\n";

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Speed", "Slow")]
    public void DamagedJsonLinesGiveExamplesOrAnError() => Try("a.jsonl", string.Join('\n', Lines) + "\n");

    [Fact]
    [Trait("Speed", "Slow")]
    public void DamagedTablesGiveExamplesOrAnError() => Try("a.csv", Table);

    [Fact]
    [Trait("Speed", "Slow")]
    public void DamagedTriplesGiveExamplesOrAnError() => Try("a.tsv", "q one\tp\tn\nq two\tp \"x\tn\nq one\tp2\tp\n");

    [Theory]
    [InlineData("a.jsonl", "{\"query\":\"q\",\"neg\":", "[", "]", "}")]
    [InlineData("a.csv", "query,positive,negatives\nq,p,\"", "[", "]", "\"")]
    [InlineData("a.csv", "query,passage,label\nq,\"", "{", "}", "\",1")]
    public void DeepNestingIsRefusedOrReadInLinearTime(string name, string start, string open, string close, string end)
    {
        Growth.IsLinear(200_000, depth =>
        {
            var nested = string.Concat(Enumerable.Repeat(open, depth)) + string.Concat(Enumerable.Repeat(close, depth));
            _folder.With(name, start + nested + end + "\n");
            if (name.EndsWith("jsonl", StringComparison.Ordinal) || open == "[")
                Assert.Throws<CrossEncoderException>(() => InputExamples.Load(_folder[name], report: _ => { }));
            else
                Assert.Single(InputExamples.Load(_folder[name], report: _ => { }));
        });
    }

    private void Try(string name, string whole)
    {
        var bytes = Encoding.UTF8.GetBytes(whole);
        var (read, refused) = (0, 0);
        for (var seed = 0; seed < Seeds; seed++)
        {
            File.WriteAllBytes(_folder[name], Damage.Of(bytes, new Random(seed), Pieces));
            try
            {
                var anyLabel = seed % 2 == 0;
                foreach (
                    var example in HangGuard.Run(() => InputExamples.Load(_folder[name], anyLabel: anyLabel, report: _ => { }), 64 << 20)
                )
                {
                    Assert.Equal(2, example.Texts.Count);
                    Assert.True(float.IsFinite(example.Label));
                    _ = Encoding.UTF8.GetBytes(example.Query + example.Passage);
                }
                read++;
            }
            catch (CrossEncoderException error)
            {
                Assert.InRange(error.Message.Length, 20, 2000);
                refused++;
            }
            catch (Exception error) when (error is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"Seed {seed}: {error}");
            }
        }
        Assert.True(read > Seeds / 100 && refused > Seeds / 100, $"{read} read, {refused} refused");
    }
}
