using System.Text;
using CrossEncoders.Examples;

namespace CrossEncoders.Tests.Examples;

/// <summary>
/// Files of examples that were damaged in every way: they give examples or a clear error, in bounded time, and nothing else.
/// </summary>
public sealed class ExampleMutationTests : IDisposable
{
    private const int Seeds = 10_000;

    private static readonly string[] Pieces =
    [
        "\"",
        "'",
        "[",
        "]",
        "{",
        "}",
        ",",
        "\t",
        "\n",
        "\r\n",
        "\0",
        "null",
        "NaN",
        "1e999",
        "-0",
        "true",
        "\\ud83d",
        "\\u0000",
        "\\",
        "[[[[[[[[[[[[[[[[[[[[",
        "{\"a\":",
        "label",
        "positive",
        "negatives",
        "\uFEFF",
        "\uD83D\uDE00",
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
    public void DeepNestingEndsSoon(string name, string start, string open, string close, string end)
    {
        const int Depth = 200_000;
        _folder.With(
            name,
            start + string.Concat(Enumerable.Repeat(open, Depth)) + string.Concat(Enumerable.Repeat(close, Depth)) + end + "\n"
        );
        var watch = System.Diagnostics.Stopwatch.StartNew();
        if (name.EndsWith("jsonl", StringComparison.Ordinal) || open == "[")
            Assert.Throws<CrossEncoderException>(() => InputExamples.Load(_folder[name], report: _ => { }));
        else
            Assert.Single(InputExamples.Load(_folder[name], report: _ => { }));
        Assert.True(watch.Elapsed < TimeSpan.FromMinutes(2));
    }

    private void Try(string name, string whole)
    {
        var bytes = Encoding.UTF8.GetBytes(whole);
        var (read, refused) = (0, 0);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        for (var seed = 0; seed < Seeds; seed++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            File.WriteAllBytes(_folder[name], Damaged(bytes, new Random(seed)));
            try
            {
                foreach (var example in InputExamples.Load(_folder[name], anyLabel: seed % 2 == 0, report: _ => { }))
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
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
        }
        Assert.True(read > Seeds / 100 && refused > Seeds / 100, $"{read} read, {refused} refused");
        Assert.True(watch.Elapsed < TimeSpan.FromMinutes(10), $"{watch.Elapsed}");
    }

    private static byte[] Damaged(byte[] whole, Random random)
    {
        var bytes = whole.ToList();
        for (var change = random.Next(1, 5); change > 0 && bytes.Count > 0; change--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 12), bytes.Count - at));
                    break;
                case 2:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 30), bytes.Count - at)));
                    break;
                default:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
            }
        }
        return [.. bytes];
    }
}
