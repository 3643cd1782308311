using CrossEncoders.Attribution;
using CrossEncoders.Display;
using CrossEncoders.Evaluation;

namespace CrossEncoders.Tests.Display;

/// <summary>What an explanation of a score looks like.</summary>
public sealed class HeatMapTests
{
    private static readonly ScoreExplanation Why = new(
        "who <b>?",
        "the 桥 is low",
        1.25f,
        AttributionMethod.Occlusion,
        [new("who", 0, 0.5f), new("<", 4, 0), new("b", 5, 0), new(">", 6, 0), new("?", 7, -0.25f)],
        [new("the", 0, 0.1f), new("桥", 4, 2), new("is", 6, -1), new("low", 9, 0)]
    );

    [Fact]
    public void AWordIsAsBlueAsItRaisedTheScoreAndAsOrangeAsItLoweredIt()
    {
        var html = Why.ToHeatMap().ToHtml();
        Assert.Contains("<span style=\"background:rgba(0,114,178,0.60);border-radius:.2em\" title=\"+2.000\">桥</span>", html);
        Assert.Contains("<span style=\"background:rgba(213,94,0,0.30);border-radius:.2em\" title=\"−1.000\">is</span>", html);
        Assert.Contains("background:rgba(0,114,178,0.15);border-radius:.2em\" title=\"+0.500\">who</span> <span", html);
        Assert.Contains("&lt;</span>", html);
        Assert.DoesNotContain("<b>", html);
    }

    [Fact]
    public void ItsAlternativeTextSaysTheNumbers()
    {
        const string words =
            "Logit 1.25, by words (without each word). Raised most by 桥 +2.00, who +0.50, the +0.10 (blue); "
            + "lowered most by is −1.00, ? −0.25 (orange).";
        Assert.Equal(words, Why.ToHeatMap().ToString());
        Assert.Contains($"role=\"img\" aria-label=\"{words}\"", Why.ToHeatMap().ToHtml());
        var empty = new ScoreExplanation("", "", 0, AttributionMethod.GradientTimesInput, [], []).ToHeatMap();
        Assert.Contains("Raised most by nothing", empty.ToString());
        Assert.Contains("<strong>Passage</strong>", empty.ToHtml());
    }

    [Fact]
    public void ItIsAPictureWithoutScriptsThatKeepsItsColorsInPrint()
    {
        var html = Why.ToHeatMap().ToHtml();
        foreach (var word in new[] { "<script", "<style", "<svg", "<img", "url(", "http", " id=" })
            Assert.DoesNotContain(word, html);
        Assert.Contains("print-color-adjust:exact", html);
        System.Xml.Linq.XDocument.Parse(html);
    }

    [Fact]
    public void ItsTableHasTheLargestSharesFirst()
    {
        var table = Why.ToTable(3);
        Assert.Equal(["桥", "is", "who"], table.Rows.Select(row => row[0]));
        Assert.Equal(["passage", "passage", "query"], table.Rows.Select(row => row[1]));
        Assert.Equal(9, table.TotalRows);
    }

    [Fact]
    public void ADeletionCurveStartsAtNothingLost()
    {
        var curve = new DeletionCurve(
            AttributionMethod.GradientTimesInput,
            12,
            [new(0.1, 1, 0.25), new(0.5, 2, 0.5)],
            new BootstrapInterval(1.25, 0.5, 1.75, 0, 0.95, 12)
        );
        var chart = Charts.Deletion(curve);
        var series = Figure.Series(chart);
        Assert.Equal([0, 1, 2], series["words that weigh most"].Numbers("y"));
        Assert.Equal([0, 0.25, 0.5], series["words at random"].Numbers("y"));
        Assert.Equal([0, 0.1, 0.5], series["words at random"].Numbers("x"));
        Assert.Equal(
            "12 pairs; by weight the score loses 1.25 logits more than at random, with 95 % confidence 0.50 to 1.75.",
            chart.Summary
        );
        Assert.Contains("gradient × input", chart.Title);
    }
}
