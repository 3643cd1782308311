using System.Text;
using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.Tests.Retrieval;

namespace CrossEncoders.Tests.Evaluation;

/// <summary>Rows of an evaluation stand under their own header, or nowhere.</summary>
public sealed class EvaluationCsvTests : IDisposable
{
    private static readonly ScriptedScorer Half = new(_ => 0);
    private static readonly InputExample[] Examples = [new(["q", "a"], 1), new(["q", "b"], 0)];

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Said(string file, params string[] header) =>
        Assert
            .Throws<CrossEncoderException>(() =>
                EvaluationCsv.Append(_folder[file], header, [.. header.Select((_, i) => i.ToString(Invariant))])
            )
            .Message;

    private static System.Globalization.CultureInfo Invariant => System.Globalization.CultureInfo.InvariantCulture;

    [Theory]
    [InlineData("epoch,steps,pearson\r\n0,1,0.5\r\n")] // one more
    [InlineData("epoch,steps,mse,f1\r\n0,1,0.5,1\r\n")] // one less
    [InlineData("steps,epoch,mse\r\n1,0,0.5\r\n")] // another order
    [InlineData("epoch;steps;mse\r\n0;1;0.5\r\n")] // a spreadsheet's
    [InlineData("epoch,steps,MSE\r\n")]
    [InlineData("notes of somebody else\nin two lines")]
    [InlineData("{\"a\": 1}")] // no line at all
    [InlineData("epoch,steps,mse,")] // not the beginning of the header
    public void AFileWithOtherColumnsIsRefusedAndStaysAsItIs(string content)
    {
        _folder.With("r.csv", content);
        var message = Said("r.csv", "epoch", "steps", "mse");
        Assert.Contains("expected the columns epoch,steps,mse,", message);
        Assert.Contains(content[..7], message);
        Assert.Contains("another name or folder", message);
        Assert.Equal(content, File.ReadAllText(_folder["r.csv"]));
    }

    [Theory]
    [InlineData("epoch,steps,mse\n0,1,0.5\n")] // saved on Linux
    [InlineData("\uFEFFepoch,steps,mse\r\n0,1,0.5\r\n")] // saved by a spreadsheet
    [InlineData("epoch,steps,mse\r\n")]
    public void TheSameColumnsAreTaken(string content)
    {
        File.WriteAllText(_folder["r.csv"], content, new UTF8Encoding(false));
        EvaluationCsv.Append(_folder["r.csv"], ["epoch", "steps", "mse"], ["0", "2", "0.25"]);
        Assert.Equal(content + "0,2,0.25\r\n", Encoding.UTF8.GetString(File.ReadAllBytes(_folder["r.csv"])));
    }

    [Fact]
    public void NamesWithCommasDoNotShiftColumns()
    {
        EvaluationCsv.Append(_folder["r.csv"], ["epoch", "a, b", "\"c\""], ["0", "1", "2"]);
        EvaluationCsv.Append(_folder["r.csv"], ["epoch", "a, b", "\"c\""], ["1", "1", "2"]);
        Assert.Equal("epoch,\"a, b\",\"\"\"c\"\"\"\r\n0,1,2\r\n1,1,2\r\n", File.ReadAllText(_folder["r.csv"]));
    }

    /// <summary>In Swedish, Norwegian and Finnish a minus is not the one of the keyboard.</summary>
    [Fact]
    public void ARowIsTheSameInEveryCulture()
    {
        var before = System.Globalization.CultureInfo.CurrentCulture;
        var other = (System.Globalization.CultureInfo)Invariant.Clone();
        other.NumberFormat.NegativeSign = "−";
        var article = new MSEEval(Examples, outputFolder: _folder.Path);
        try
        {
            System.Globalization.CultureInfo.CurrentCulture = other;
            article.Evaluate(Half, 0, -1);
            new CsvEvaluator(new CorrelationEvaluator(Examples), _folder["r.csv"]).Evaluate(Half, 0, -1);
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = before;
        }

        Assert.All([article.CsvFile!, _folder["r.csv"]], file => Assert.StartsWith("0,-1,", File.ReadAllLines(file)[1]));
    }

    [Fact]
    public void TwoEvaluatorsDoNotShareAFile()
    {
        new CsvEvaluator(new CorrelationEvaluator(Examples), _folder["r.csv"]).Evaluate(Half, 0, 1);
        var other = new CsvEvaluator(new ClassificationEvaluator(Examples), _folder["r.csv"]);
        var error = Assert.Throws<CrossEncoderException>(() => other.Evaluate(Half, 0, 1));
        Assert.Contains("pearson", error.Message);
        Assert.Contains("average_precision", error.Message);
        Assert.Equal(2, File.ReadAllLines(_folder["r.csv"]).Length);
    }

    [Fact]
    public void AFirstStageMoreIsAnotherSetOfColumns()
    {
        RerankingGroup[] groups = [new("q", [new("a", 1), new("b", 0)])];
        new CsvEvaluator(new RerankingEvaluator(groups), _folder["r.csv"]).Evaluate(Half);
        var with = new CsvEvaluator(new RerankingEvaluator(groups, firstStage: true), _folder["r.csv"]);
        Assert.Contains("base_map", Assert.Throws<CrossEncoderException>(() => with.Evaluate(Half)).Message);
        new CsvEvaluator(new RerankingEvaluator(groups), _folder["r.csv"]).Evaluate(Half);
        Assert.Equal(3, File.ReadAllLines(_folder["r.csv"]).Length);
    }

    [Fact]
    public void AFileThatCannotBeWrittenIsNamed()
    {
        _folder.With("file", "");
        Assert.Contains("choose another path", Said("file/r.csv", "mse"));
        Directory.CreateDirectory(_folder["r.csv"]);
        Assert.Contains($"'{_folder["r.csv"]}' cannot take a row", Said("r.csv", "mse"));
        var evaluator = new MSEEval(Examples, outputFolder: _folder["file"]);
        Assert.Contains("cannot take a row", Assert.Throws<CrossEncoderException>(() => evaluator.Evaluate(Half)).Message);
    }

    [Fact]
    public void TheArticlesFileTakesNoRowsOfAnother()
    {
        var evaluator = new MSEEval(Examples, "dev", outputFolder: _folder.Path);
        _folder.With(Path.GetFileName(evaluator.CsvFile!), "epoch,steps,loss\r\n");
        Assert.Contains("epoch,steps,accuracy", Assert.Throws<CrossEncoderException>(() => evaluator.Evaluate(Half)).Message);
        Assert.Equal("epoch,steps,loss\r\n", File.ReadAllText(evaluator.CsvFile!));
    }
}
