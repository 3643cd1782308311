using System.Text.Json.Nodes;
using NotebookRunner.Notebooks;

namespace NotebookRunner.Tests;

/// <summary>A cell's outputs, within the limits of what is kept.</summary>
public sealed class CellOutputsTests
{
    private static readonly OutputLimit Small = new(Printed: 20, Shown: 100, Outputs: 5);

    [Fact]
    public void WritesToOneStreamAreJoinedAndStreamsKeepTheirOrder()
    {
        var outputs = Collect(new(), Out("one "), Out("line\n"), Err("warned"), Out("more"));
        Assert.Equal(["stdout:one line\n", "stderr:warned", "stdout:more"], outputs.Select(Shown));
    }

    [Fact]
    public void WhatIsPrintedBeyondTheLimitIsCountedAndLeftOut()
    {
        var outputs = Collect(Small, [.. Enumerable.Repeat(Out("0123456789"), 100)]);
        Assert.Equal("stdout:01234567890123456789", Shown(outputs[0]));
        Assert.StartsWith("stderr:[980 more characters", Shown(outputs[1]));
        Assert.Equal(2, outputs.Length);
    }

    [Fact]
    public void TheLimitHoldsOverAllStreamsOfACell()
    {
        var outputs = Collect(Small, Out("0123456789"), Err("0123456789"), Out("lost"));
        Assert.Equal("stdout:0123456789", Shown(outputs[0]));
        Assert.Equal("stderr:0123456789", Shown(outputs[1]));
        Assert.Equal("stdout:", Shown(outputs[2]));
        Assert.Contains("[4 more characters", Shown(outputs[3]));
    }

    [Fact]
    public void AProgressBarThatOverwritesItselfIsNeverTooLong()
    {
        var outputs = Collect(Small, [.. Enumerable.Range(0, 1000).Select(i => Out($"\r{i} of 999"))]);
        Assert.Equal("stdout:999 of 999", Shown(Assert.Single(outputs)));
    }

    [Fact]
    public void ACellAfterALoudOneHasTheWholeLimitAgain()
    {
        var collector = new CellOutputs(Small);
        foreach (var _ in new int[2])
        {
            var cell = new Cell([]);
            collector.Begin(cell, 1);
            collector.Add(Out(new string('x', 30)));
            collector.End();
            Assert.Equal(20, Cell.Text(cell.Outputs[0]!["text"]).Length);
        }
    }

    [Fact]
    public void ACharacterIsNotCutInTwo()
    {
        var outputs = Collect(new(Printed: 3), Out("ab👩‍🚀"));
        Assert.Equal("stdout:ab", Shown(outputs[0]));
    }

    [Fact]
    public void AValueThatIsTooLongSaysSoInItsPlace()
    {
        var outputs = Collect(Small, Value(("text/html", new string('x', 101))), Value(("text/html", "short")));
        Assert.Contains("101 characters of text/html", Cell.Text(outputs[0]["data"]!["text/plain"]));
        Assert.Equal("short", Cell.Text(outputs[1]["data"]!["text/html"]));
    }

    [Fact]
    public void ValuesTogetherMayNotBeTooLongEither()
    {
        var outputs = Collect(Small, [.. Enumerable.Repeat(Value(("text/html", new string('x', 60))), 2)]);
        Assert.NotNull(outputs[0]["data"]!["text/html"]);
        Assert.Null(outputs[1]["data"]!["text/html"]);
    }

    [Fact]
    public void ChartsCountWithoutThePlotlyThatEachBringsAlong()
    {
        var bundle = $"<script data-plotly-bundle>{new string('x', 200)}</script>"; // 236
        var charts = Enumerable.Repeat(Value(("text/html", $"{bundle}<b>1</b>")), 5).ToArray();
        Assert.All(Collect(new(Shown: 100), charts), output => Assert.NotNull(output["data"]!["text/html"]));
        var bounded = Collect(new(Shown: 100, Bundles: 1000), charts);
        Assert.Equal([true, true, true, true, false], bounded.Select(output => output["data"]!["text/html"] is not null));
        Assert.Equal(
            12,
            Collect(new(Shown: 100), [.. Enumerable.Repeat(charts[0], 13)]).Count(output => output["data"]!["text/html"] is not null)
        );
    }

    [Fact]
    public void AValueUpdatedAThousandTimesCountsOnce()
    {
        var events = Enumerable
            .Range(0, 1000)
            .Select(i =>
                Value(("text/html", new string('x', 60) + i)) with
                {
                    Kind = i == 0 ? CellEventKind.Display : CellEventKind.Update,
                    Id = "1",
                }
            );
        var outputs = Collect(Small, [.. events]);
        Assert.EndsWith("999", Cell.Text(Assert.Single(outputs)["data"]!["text/html"]));
    }

    [Fact]
    public void AnUpdateThatGrowsTooLongSaysSo()
    {
        var first = Value(("text/html", "short")) with { Id = "1" };
        var outputs = Collect(Small, first, Value(("text/html", new string('x', 200))) with { Kind = CellEventKind.Update, Id = "1" });
        Assert.Contains("Left out", Cell.Text(Assert.Single(outputs)["data"]!["text/plain"]));
    }

    [Fact]
    public void OutputsBeyondTheirNumberAreCounted()
    {
        var outputs = Collect(
            Small,
            [.. Enumerable.Range(0, 20).Select(i => i % 2 == 0 ? Out("a") : Err("b")), Value(("text/html", "cc"))]
        );
        Assert.Equal(6, outputs.Length);
        Assert.Equal("stdout:aaaaaaaa", Shown(outputs[4])); // What fits into the last one still goes there.
        Assert.Contains("[10 more characters", Shown(outputs[5]));
    }

    [Fact]
    public void WhatTheKernelProcessLeftOutIsSaid()
    {
        var outputs = Collect(new(), Out("start") with { Omitted = 1234 });
        Assert.Contains("[1,234 more characters", Shown(outputs[1]));
    }

    [Theory]
    [InlineData("{ none")]
    [InlineData("")]
    [InlineData("{\"a\":1,\"a\":2}")]
    public void JsonThatIsNoneIsShownAsTextWithTheReason(string json)
    {
        var data = Assert.Single(Collect(new(), Value(("application/json", json))))["data"]!;
        Assert.Null(data["application/json"]);
        Assert.StartsWith("[No JSON that a notebook can hold: ", Cell.Text(data["text/plain"]));
        Assert.EndsWith(json, Cell.Text(data["text/plain"]));
    }

    [Fact]
    public void JsonThatIsNoneLosesOnlyItsFormWhereThereIsAnother()
    {
        var data = Assert.Single(Collect(new(), Value(("application/json", "{"), ("text/plain", "text"))))["data"]!.AsObject();
        Assert.Equal(["text/plain"], data.Select(part => part.Key));
    }

    [Theory]
    [InlineData(58, true)]
    [InlineData(200, true)]
    [InlineData(1000, false)]
    public void NestedJsonIsKeptAsFarAsANotebookCanHoldIt(int levels, bool kept)
    {
        var json = new string('[', levels) + new string(']', levels);
        var output = Assert.Single(Collect(new(), Value(("application/json", json))));
        Assert.Equal(kept, output["data"]!["application/json"] is not null);
        Assert.Contains(json, NotebookJson.Write(output).ReplaceLineEndings("").Replace(" ", "").Replace("\\n", ""));
    }

    [Fact]
    public void HalfASurrogateCanBeWritten()
    {
        var outputs = Collect(
            new(),
            Out("a\ud800b"),
            Value(("text/html", "\udc00"), ("application/json", "\"\\ud83d\"")),
            new(CellEventKind.Error, "\ud800", "E", Details: "\ud800")
        );
        var written = NotebookJson.Write(new JsonArray([.. outputs.Select(output => output.DeepClone())]));
        Assert.Equal(5, written.Count(c => c == '\uFFFD'));
    }

    [Fact]
    public void AnErrorIsCutToo()
    {
        var cut = Small.Apply(new(CellEventKind.Error, new string('m', 50), "E", Details: new string('d', 30)));
        Assert.Equal((20, 20, 40L), (cut.Text!.Length, cut.Details!.Length, cut.Omitted));
    }

    [Fact]
    public void AnEventWithinTheLimitsStaysAsItIs()
    {
        var e = new CellEvent(CellEventKind.Display, Data: new() { ["text/html"] = "<b>" });
        Assert.Same(e.Data, Small.Apply(e).Data);
        Assert.Null(Small.Apply(e).Text);
    }

    [Fact]
    public void VeryManyLinesAreOneString()
    {
        Assert.IsType<JsonArray>(Cell.Lines("a\nb"));
        var many = string.Concat(Enumerable.Repeat("x\n", 200_000));
        Assert.Equal(many, Assert.IsAssignableFrom<JsonValue>(Cell.Lines(many)).GetValue<string>());
    }

    private static CellEvent Out(string text) => new(CellEventKind.Stream, text, "stdout");

    private static CellEvent Err(string text) => new(CellEventKind.Stream, text, "stderr");

    private static CellEvent Value(params (string Mime, string Text)[] data) =>
        new(CellEventKind.Display, Data: data.ToDictionary(part => part.Mime, part => part.Text));

    private static JsonObject[] Collect(OutputLimit limit, params CellEvent[] events)
    {
        var collector = new CellOutputs(limit);
        var cell = new Cell([]);
        collector.Begin(cell, 7);
        foreach (var e in events)
            collector.Add(e);
        collector.End();
        return [.. cell.Outputs.Select(output => (JsonObject)output!)];
    }

    private static string Shown(JsonObject stream) => $"{stream["name"]}:{Cell.Text(stream["text"])}";
}
