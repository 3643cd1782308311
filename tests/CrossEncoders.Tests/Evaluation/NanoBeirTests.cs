using CrossEncoders.Evaluation;
using CrossEncoders.Tests.Hub;
using CrossEncoders.Tests.Retrieval;

namespace CrossEncoders.Tests.Evaluation;

/// <summary>NanoBEIR's protocol, against figures worked out by hand from the definitions.</summary>
public sealed class NanoBeirTests : IDisposable
{
    private static readonly double Log3 = Math.Log2(3);

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void AllAnswersAreReRankedUnlessOnlyThoseFoundAreAskedFor()
    {
        var optimistic = NanoBeirFolder.Evaluator().Evaluate(Scorer()).Metrics;
        // q1: p2 n1 p1 n2; q2: n1 n2 p3
        Near((5 / 6.0 + 1 / 3.0) / 2, optimistic["NanoMSMARCO_R100_map"]);
        Near((1 + 1 / 3.0) / 2, optimistic["NanoMSMARCO_R100_mrr@10"]);
        Near((1.5 / (1 + 1 / Log3) + 0.5) / 2, optimistic["NanoMSMARCO_R100_ndcg@10"]);
        // before: n1 p1 n2 and then the answer that was missed; and nothing
        Near((1 / 2.0 + 2 / 4.0) / 2 / 2, optimistic["NanoMSMARCO_R100_base_map"]);
        Near(0.5 / 2, optimistic["NanoMSMARCO_R100_base_mrr@10"]);
        Near((1 / Log3 + 1 / Math.Log2(5)) / (1 + 1 / Log3) / 2, optimistic["NanoMSMARCO_R100_base_ndcg@10"]);
        Near((optimistic["NanoMSMARCO_R100_map"] + 1) / 2, optimistic["NanoBEIR_R100_mean_map"]);
        Near((optimistic["NanoMSMARCO_R100_base_map"] + 1) / 2, optimistic["NanoBEIR_R100_mean_base_map"]);

        var realistic = NanoBeirFolder.Evaluator(NanoBeirFolder.Options with { AlwaysRerankPositives = false }).Evaluate(Scorer()).Metrics;
        Near(0.5 / 2, realistic["NanoMSMARCO_R100_map"]); // n1 p1 n2; and no answer at all
        Near(0.5 / 2, realistic["NanoMSMARCO_R100_mrr@10"]);
        Near(1 / Log3 / 2, realistic["NanoMSMARCO_R100_ndcg@10"]);
        Near(optimistic["NanoMSMARCO_R100_base_ndcg@10"], realistic["NanoMSMARCO_R100_base_ndcg@10"]);
    }

    [Fact]
    public void KeysAreThoseOfSentenceTransformers()
    {
        var evaluator = NanoBeirFolder.Evaluator(NanoBeirFolder.Options with { Depth = 2, Cutoff = 5, Sets = ["MSMARCO"] });
        var result = evaluator.Evaluate(Scorer(), epoch: 3, steps: 7);
        Assert.Equal(("NanoBEIR_R2_mean", 3, 7), (result.Evaluator, result.Epoch, result.Steps));
        Assert.Equal("NanoBEIR_R2_mean_ndcg@5", evaluator.PrimaryMetric);
        Assert.Equal(
            [
                "NanoMSMARCO_R2_map",
                "NanoMSMARCO_R2_mrr@5",
                "NanoMSMARCO_R2_ndcg@5",
                "NanoMSMARCO_R2_base_map",
                "NanoMSMARCO_R2_base_mrr@5",
                "NanoMSMARCO_R2_base_ndcg@5",
            ],
            result.Metrics.Keys.Take(6)
        );
        Assert.Contains("NanoBEIR_R2_mean_base_mrr@5", result.Metrics.Keys);
        Assert.Equal(13, NanoBeirEvaluator.AllSets.Count);
        Assert.Equal(["ArguAna", "Touche2020"], NanoBeirEvaluator.AllSets.Except(NanoBeirEvaluator.UsualSets));
        Assert.Equal(new NanoBeirOptions().Sets, NanoBeirEvaluator.UsualSets);
    }

    [Fact]
    public void EqualScoresStandAsTrecEvalPutsThemAndAreCounted()
    {
        var evaluator = NanoBeirFolder.Evaluator();
        var result = evaluator.Evaluate(new ScriptedScorer(_ => 1));
        Near((1 + 1) / 2.0, result.Metrics["NanoMSMARCO_R100_mrr@10"]); // p2 p1 n2 n1; p3 n2 n1: by id, descending
        Assert.Equal(3, result.Metrics["NanoBEIR_R100_ties"]);
        Assert.Contains("In 3 of 3 queries", evaluator.TieNote(result));
        var clear = evaluator.Evaluate(Scorer());
        Assert.Equal(0, clear.Metrics["NanoBEIR_R100_ties"]);
        Assert.Null(evaluator.TieNote(clear));
        // two others with one score change nothing
        Assert.Equal(
            0,
            evaluator.Evaluate(new ScriptedScorer(pair => pair.Passage.Contains('n') ? 0 : pair.Passage[^1])).Metrics["NanoBEIR_R100_ties"]
        );
    }

    [Fact]
    public void APassageWithTheTextOfAnAnswerIsOne()
    {
        NanoBeirFolder.Write(_scratch["nano"]);
        NanoBeirFolder.Lines(
            _scratch["nano"],
            "corpus",
            "NanoNQ",
            [NanoBeirFolder.Text("p4", "same"), NanoBeirFolder.Text("n3", "same"), NanoBeirFolder.Text("n4", "other")]
        );
        NanoBeirFolder.Lines(_scratch["nano"], "bm25", "NanoNQ", [NanoBeirFolder.Found("q3", "n4", "n3")]);
        var scorer = new ScriptedScorer(pair => pair.Passage == "same" ? 1 : 2);
        var options = NanoBeirFolder.Options with { Sets = ["nq"] };
        Near(0.5, NanoBeirEvaluator.FromFolder(_scratch["nano"], options).Evaluate(scorer).Metrics["NanoNQ_R100_mrr@10"]);
        Assert.Equal(["same", "other"], scorer.Calls[0].Select(pair => pair.Passage));
        var realistic = NanoBeirEvaluator.FromFolder(_scratch["nano"], options with { AlwaysRerankPositives = false });
        Near(0.5, realistic.Evaluate(scorer).Metrics["NanoNQ_R100_map"]);
    }

    [Fact]
    public async Task SetsAreFetchedFromTheHubInParquet()
    {
        using var hub = new FakeHub { IsDataset = true };
        foreach (var (name, bytes) in await NanoBeirFolder.ParquetAsync("NanoSciFact"))
            hub.Files[name] = bytes;
        foreach (var name in (await NanoBeirFolder.ParquetAsync("NanoNQ")).Keys)
            hub.Files[name] = [0]; // is not asked for
        var evaluator = NanoBeirEvaluator.FromHub(FakeHub.Id, new() { Sets = ["SCIFACT"] }, hub: hub.Options);
        Assert.Equal(1, evaluator.Evaluate(Scorer()).Metrics["NanoSciFact_R100_map"]);
        Assert.True(Directory.Exists(Path.Combine(hub.CacheFolder, "datasets--org--model", "snapshots", FakeHub.Commit, "bm25")));
        Assert.DoesNotContain(hub.HubRequests, request => request.Path.Contains("NanoNQ", StringComparison.Ordinal));

        hub.Files.Remove("bm25/NanoSciFact-00000-of-00001.parquet");
        using var empty = new FakeHub { IsDataset = true };
        var error = Assert.Throws<CrossEncoderException>(() =>
            NanoBeirEvaluator.FromHub(FakeHub.Id, new() { Sets = ["SciFact"] }, hub: empty.Options)
        );
        Assert.Contains("no file 'corpus/NanoSciFact-*.parquet'", error.Message);
    }

    [Theory]
    [InlineData("queries", """{"_id": "q9", "text": "?"}""", "names the query 'q3'")]
    [InlineData("corpus", """{"_id": "p4", "text": "?"}""", "names the passage 'n3'")]
    [InlineData("qrels", """{"query-id": "q9", "corpus-id": "p4"}""", "the query 'q3', for which qrels names no relevant passage")]
    [InlineData("bm25", """{"query": "q3", "corpus-ids": []}""", "has no column query-id")]
    public void BrokenSetsAreRefusedByName(string part, string line, string message)
    {
        NanoBeirFolder.Write(_scratch["nano"]);
        File.WriteAllText(Path.Combine(_scratch["nano"], part, "NanoNQ.jsonl"), line);
        var error = Assert.Throws<CrossEncoderException>(() => NanoBeirEvaluator.FromFolder(_scratch["nano"], NanoBeirFolder.Options));
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void WhatIsAskedForMakesSense()
    {
        void Refused(NanoBeirOptions options, string message) =>
            Assert.Contains(message, Assert.Throws<CrossEncoderException>(() => NanoBeirFolder.Evaluator(options)).Message);
        Refused(new() { Sets = ["trec-covid"] }, "no set 'trec-covid'");
        Refused(new() { Sets = [] }, "Sets is empty");
        Refused(new() { Depth = 0 }, "Depth is 0");
        Refused(new() { Cutoff = 0 }, "Cutoff is 0");
        Refused(new() { Sets = ["FEVER"] }, "has no corpus of NanoFEVER");
    }

    /// <summary>p2 3, n1 2, p1 1, n2 0, p3 -1.</summary>
    private static ScriptedScorer Scorer() =>
        new(pair =>
            pair.Passage[^2..] switch
            {
                "p2" => 3,
                "n1" => 2,
                "p1" or "p4" => 1,
                "p3" => -1,
                "n3" => -2,
                _ => 0,
            }
        );

    private static void Near(double expected, double found) => Assert.Equal(expected, found, 12);
}
