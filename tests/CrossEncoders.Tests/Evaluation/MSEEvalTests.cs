using System.Text;
using System.Text.Json;
using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.Tests.Retrieval;

namespace CrossEncoders.Tests.Evaluation;

public sealed class MSEEvalTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // golden/mseeval/evaluations.json: the reference's evaluator on given logits.
    [Fact]
    public void EqualsTheReferenceInValueLogAndFile()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Shared.Path("golden/mseeval/evaluations.json")));
        var root = document.RootElement;
        var name = root.GetProperty("name").GetString()!;
        var expectedRows = root.GetProperty("csv_text_after_all").GetString()!.Split("\r\n");
        string? file = null;
        foreach (var evaluation in root.GetProperty("evaluations").EnumerateArray())
        {
            var batches = evaluation.GetProperty("batches").EnumerateArray().ToArray();
            float[] All(string what) => [.. batches.SelectMany(b => b.GetProperty(what).EnumerateArray().Select(v => v.GetSingle()))];
            var (logits, labels) = (All("logits"), All("labels"));
            var log = new List<string>();
            var evaluator = new MSEEval(
                [.. labels.Select((label, i) => new InputExample(["q", $"{i}"], label))],
                name,
                batches[0].GetProperty("labels").GetArrayLength(),
                _folder.Path,
                log.Add
            );

            var result = evaluator.Evaluate(
                new ScriptedScorer(p => logits[int.Parse(p.Passage)]),
                evaluation.GetProperty("epoch").GetInt32(),
                evaluation.GetProperty("steps").GetInt32(),
                TestContext.Current.CancellationToken
            );

            Assert.Equal(evaluation.GetProperty("mse").GetDouble(), result.Metrics[evaluator.PrimaryMetric], 1e-7);
            var expectedLog = evaluation.GetProperty("log").EnumerateArray().Select(l => l.GetString()!).ToArray();
            Assert.Equal(expectedLog[0], log[0]);
            Assert.Equal(expectedLog[1].Split('(')[0], log[1].Split('(')[0]); // the total in full digits depends on the last bit of exp
            Assert.EndsWith($"/{batches.Length})\n", log[1]);
            file = evaluator.CsvFile;
        }
        Assert.Equal(root.GetProperty("csv_file").GetString(), Path.GetFileName(file));
        var rows = File.ReadAllText(file!).Split("\r\n");
        Assert.Equal(expectedRows.Length, rows.Length);
        Assert.Equal(expectedRows[0], rows[0]);
        for (var i = 1; i < rows.Length - 1; i++)
        {
            Assert.Equal(expectedRows[i].Split(',')[..2], rows[i].Split(',')[..2]);
            Assert.Equal(double.Parse(expectedRows[i].Split(',')[2]), double.Parse(rows[i].Split(',')[2]), 1e-7);
        }
    }

    [Fact]
    public void WritesTheReferencesRowsToTheLastDigit()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Shared.Path("golden/mseeval/evaluations.json")));
        var file = _folder["rows.csv"];
        foreach (var evaluation in document.RootElement.GetProperty("evaluations").EnumerateArray())
            EvaluationCsv.Append(
                file,
                ["epoch", "steps", "accuracy"],
                [
                    evaluation.GetProperty("epoch").ToString(),
                    evaluation.GetProperty("steps").ToString(),
                    PythonFloat.Repr(evaluation.GetProperty("mse").GetDouble()),
                ]
            );

        Assert.Equal(document.RootElement.GetProperty("csv_text_after_all").GetString(), File.ReadAllText(file));
    }

    [Fact]
    public void GivesTheUnweightedMeanOfBatchesAndTheWeightedOneBesideIt()
    {
        InputExample[] examples = [new(["q", "0"], 0), new(["q", "0"], 0), new(["q", "0"], 1), new(["q", "9"], 0)];
        var evaluator = new MSEEval(examples, batchSize: 3);

        var scorer = new ScriptedScorer(p => p.Passage == "9" ? 100 : 0);
        var metrics = evaluator.Evaluate(scorer, cancellation: TestContext.Current.CancellationToken).Metrics;

        Assert.False(evaluator.HigherIsBetter);
        Assert.Null(evaluator.CsvFile);
        Assert.Equal((0.25 + 1) / 2, metrics[MSEEval.Mse], 1e-7);
        Assert.Equal((3 * 0.25 + 1) / 4, metrics[MSEEval.MseByExample], 1e-7);
    }

    [Fact]
    public void NamesTheFileWithoutANameAndRefusesNothing()
    {
        InputExample[] examples = [new(["q", "p"], 0)];
        Assert.Equal("accuracy_evaluation_results.csv", Path.GetFileName(new MSEEval(examples, outputFolder: "x").CsvFile));
        Assert.Throws<CrossEncoderException>(() => new MSEEval([]));
        Assert.Throws<CrossEncoderException>(() => new MSEEval([new(["q", "p"], float.NaN)]));
    }

    [Fact]
    public void RepairsWhatACrashLeftAtEveryByte()
    {
        const string Whole = "epoch,steps,accuracy\r\n0,10,0.5\r\n0,20,0.25\r\n";
        var file = _folder["torn.csv"];
        for (var length = 0; length <= Whole.Length; length++)
        {
            File.WriteAllText(file, Whole[..length]);
            EvaluationCsv.Append(file, ["epoch", "steps", "accuracy"], ["0", "30", "0.125"]);

            var kept = Whole[..(Whole[..length].LastIndexOf('\n') + 1)];
            Assert.Equal((kept.Length == 0 ? "epoch,steps,accuracy\r\n" : kept) + "0,30,0.125\r\n", File.ReadAllText(file));
        }
        File.WriteAllText(file, "h\r\n" + new string('x', 5000));
        EvaluationCsv.Append(file, ["h"], ["1"]);
        Assert.Equal("h\r\n1\r\n", File.ReadAllText(file));
    }

    [Fact]
    public void KeepsEveryRowOfConcurrentWriters()
    {
        var file = _folder["many.csv"];
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            EvaluationCsv.Append(file, ["epoch", "steps"], ["0", $"{i}"])
        );

        var lines = File.ReadAllText(file).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("epoch,steps", lines[0]);
        Assert.Equal(Enumerable.Range(0, 200), lines.Skip(1).Select(l => int.Parse(l.Split(',')[1])).Order());
    }

    [Fact]
    public void TakesAwayWhatIsMadeAgainAndNothingOfOthers()
    {
        var file = _folder["rewound.csv"];
        void Append(int epoch, int steps) => EvaluationCsv.Append(file, ["epoch", "steps", "accuracy"], [$"{epoch}", $"{steps}", "0.5"]);
        Append(0, 10);
        var length = new FileInfo(file).Length;
        foreach (var (epoch, steps) in ((int, int)[])[(0, 20), (-1, -1), (0, -1), (0, 10)])
            Append(epoch, steps);
        File.AppendAllText(file, "0,3");

        EvaluationCsv.Rewind(file, length, (epoch, steps) => epoch == 0 && (steps is 20 or -1));
        EvaluationCsv.Rewind(_folder["absent.csv"], 0, (_, _) => true);
        Assert.Equal("epoch,steps,accuracy\r\n0,10,0.5\r\n-1,-1,0.5\r\n0,10,0.5\r\n", File.ReadAllText(file, Encoding.UTF8));

        EvaluationCsv.Rewind(file, 0, (epoch, steps) => (epoch, steps) == (0, 10)); // the file came after the checkpoint
        Append(0, 10);
        Assert.Equal("epoch,steps,accuracy\r\n-1,-1,0.5\r\n0,10,0.5\r\n", File.ReadAllText(file, Encoding.UTF8));
    }

    [Theory]
    [InlineData(0.0, "0.0")]
    [InlineData(-0.0, "-0.0")]
    [InlineData(1.0, "1.0")]
    [InlineData(123456789.25, "123456789.25")]
    [InlineData(0.1, "0.1")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001234, "1.234e-05")]
    [InlineData(1e-5, "1e-05")]
    [InlineData(1e15, "1000000000000000.0")]
    [InlineData(1e16, "1e+16")]
    [InlineData(-1.5e300, "-1.5e+300")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(0.30000000000000004, "0.30000000000000004")]
    [InlineData(9999999999999998.0, "9999999999999998.0")]
    [InlineData(double.NaN, "nan")]
    [InlineData(double.NegativeInfinity, "-inf")]
    public void WritesNumbersAsPythonDoes(double value, string expected) => Assert.Equal(expected, PythonFloat.Repr(value));

    [Theory]
    [InlineData(0.03125, "0.0312")]
    [InlineData(0.09375, "0.0938")]
    [InlineData(0.12345, "0.1235")]
    [InlineData(0.27066786, "0.2707")]
    public void RoundsAsPythonDoes(double value, string expected) => Assert.Equal(expected, PythonFloat.Fixed4(value));
}
