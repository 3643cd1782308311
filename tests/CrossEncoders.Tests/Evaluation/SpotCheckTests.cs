using CrossEncoders.Evaluation;
using CrossEncoders.Examples;

namespace CrossEncoders.Tests.Evaluation;

public sealed class SpotCheckTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private string Sheet => _folder["grades.csv"];

    public void Dispose() => _folder.Dispose();

    private static int[] Repeat(params (int Grade, int Times)[] runs) =>
        [.. runs.SelectMany(run => Enumerable.Repeat(run.Grade, run.Times))];

    [Fact]
    public void KappaIsThatOfTheHandComputedTable()
    {
        // 20 twice yes, 5 yes/no, 10 no/yes, 15 twice no: observed 0.7, by chance 0.5·0.6 + 0.5·0.4 = 0.5.
        int[] one = Repeat((1, 25), (0, 25)),
            two = Repeat((1, 20), (0, 5), (1, 10), (0, 15));
        Assert.Equal(0.7, AgreementMetrics.Observed(one, two), 12);
        Assert.Equal(0.4, AgreementMetrics.Kappa(one, two), 12);
        Assert.Equal(0.4, AgreementMetrics.QuadraticKappa(one, two), 12);
        // Disagreement 1/4; by chance (17 + 7 + 5 + 11) / 16 = 2.5. Unweighted: (0.75 - 0.25) / 0.75.
        Assert.Equal(0.9, AgreementMetrics.QuadraticKappa([0, 1, 2, 3], [0, 2, 2, 3]), 12);
        Assert.Equal(2 / 3.0, AgreementMetrics.Kappa([0, 1, 2, 3], [0, 2, 2, 3]), 12);
        Assert.Equal(-1, AgreementMetrics.Kappa([0, 1], [1, 0]), 12);
        Assert.Equal(double.NaN, AgreementMetrics.Kappa([1, 1], [1, 1]));
        Assert.Throws<CrossEncoderException>(() => AgreementMetrics.Kappa([1], [1, 0]));
    }

    private static InputExample[] Examples(params float[] labels) =>
        [
            .. Enumerable
                .Range(0, 200)
                .Select(i => new InputExample(
                    [$"=question \"{i % 50}\", 问？", $"passage\n{i}；"],
                    i % 10 == 0 ? labels[0] : labels[1 + i % (labels.Length - 1)]
                )),
        ];

    [Fact]
    public void EachGradeComesAsOftenAndTheDrawIsSeeded()
    {
        var check = SpotCheck.Draw(Examples(1, 0));
        Assert.Equal((20, 2), (check.Pairs.Count, check.Grades));
        Assert.Equal(10, check.Pairs.Count(pair => pair.Label == 1));
        Assert.Equal(5 + 10, check.Pairs.Select(pair => pair.Question).Distinct().Count()); // the positives are about five questions
        Assert.Equal(check.Pairs, SpotCheck.Draw(Examples(1, 0)).Pairs);
        Assert.NotEqual(check.Pairs, SpotCheck.Draw(Examples(1, 0), seed: 3).Pairs);
        Assert.Throws<ArgumentOutOfRangeException>(() => SpotCheck.Draw(Examples(1, 0), 0));
        Assert.NotEqual(check.Pairs.Select(pair => pair.Label), Enumerable.Repeat(new[] { 0f, 1f }, 10).SelectMany(pair => pair));

        var graded = SpotCheck.Draw(Examples(1, 0, 0.3f, 0.7f), 8);
        Assert.Equal(4, graded.Grades);
        Assert.Equal([0, 0, 0.3f, 0.3f, 0.7f, 0.7f, 1, 1], graded.Pairs.Select(pair => pair.Label).Order());
        Assert.Equal(3, SpotCheck.Draw(Examples(1, 0)[..3]).Pairs.Count);
        Assert.Throws<CrossEncoderException>(() => SpotCheck.Draw([]));
    }

    [Theory]
    [InlineData(',')]
    [InlineData(';')]
    [InlineData('\t')]
    public void ASheetGoesThroughASpreadsheetAndBack(char separator)
    {
        var check = SpotCheck.Draw(Examples(1, 0));
        check.Save(Sheet);
        var text = File.ReadAllText(Sheet);
        Assert.DoesNotContain(",\"=", text); // no formula
        Assert.Equal([0xEF, 0xBB, 0xBF], File.ReadAllBytes(Sheet)[..3]);
        Assert.Null(check.Read(Sheet));
        Assert.Contains("None of the 20 pairs has a grade", Assert.Throws<CrossEncoderException>(() => check.Ask(_ => null)).Message);

        // The person agrees but for two, and leaves one out.
        for (var i = 0; i < 20; i++)
        {
            var grade =
                i == 19 ? ""
                : i < 2 ? $"{1 - check.Pairs[i].Label}"
                : $" {check.Pairs[i].Label} ";
            text = text.Replace($"{check.Pairs[i].Id},,", $"{check.Pairs[i].Id}{separator}{grade}{separator}");
        }
        File.WriteAllText(Sheet, text.Replace("id,grade,question,passage", $"id{separator}grade{separator}question{separator}passage"));
        check.Save(Sheet); // keeps what is filled in
        var agreement = check.Read(Sheet)!;
        Assert.Equal((19, 1), (agreement.Pairs.Count, agreement.Skipped));
        Assert.Equal(17 / 19.0, agreement.Observed, 12);
        Assert.InRange(agreement.Kappa, 0.75, 0.82);
        Assert.Equal(2, agreement.Pairs.Count(pair => pair.Person != pair.Data));
        Assert.Contains(
            "other pairs",
            Assert.Throws<CrossEncoderException>(() => SpotCheck.Draw(Examples(1, 0), seed: 9).Save(Sheet)).Message
        );
        Assert.Contains(
            "another draw",
            Assert.Throws<CrossEncoderException>(() => SpotCheck.Draw(Examples(1, 0), seed: 9).Read(Sheet)).Message
        );
    }

    [Theory]
    [InlineData("2", "found 2")]
    [InlineData("yes", "found 'yes'")]
    public void AGradeThatIsNoneIsNamed(string grade, string message)
    {
        var check = SpotCheck.Draw(Examples(1, 0));
        check.Save(Sheet);
        File.WriteAllText(Sheet, File.ReadAllText(Sheet).Replace($"{check.Pairs[3].Id},,", $"{check.Pairs[3].Id},{grade},"));
        var error = Assert.Throws<CrossEncoderException>(() => check.Read(Sheet));
        Assert.Contains(message, error.Message);
        Assert.Contains(check.Pairs[3].Id, error.Message);
        File.WriteAllText(Sheet, "a,b\n1,2\n");
        Assert.Contains("id and grade", Assert.Throws<CrossEncoderException>(() => check.Read(Sheet)).Message);
    }

    [Fact]
    public void AFunctionCanGradeToo()
    {
        var check = SpotCheck.Draw(Examples(1, 0, 0.3f, 0.7f));
        var agreement = check.Ask(pair => (int)Math.Round(pair.Label * 3));
        Assert.Equal((1, 1, 1), (agreement.Observed, agreement.Kappa, agreement.QuadraticKappa));
        Assert.True(check.Ask(pair => (int)Math.Round(pair.Label)).QuadraticKappa < 1);
    }
}
