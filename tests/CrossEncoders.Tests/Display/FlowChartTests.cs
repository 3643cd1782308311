using CrossEncoders.Display;

namespace CrossEncoders.Tests.Display;

/// <summary>Flowcharts in Mermaid's notation, drawn by the library.</summary>
public sealed class FlowChartTests
{
    private const string Story = """
        flowchart LR
          %% how a question is answered
          docs["A folder<br/>文档"] --> chunks(chunks) -->|once| index([index])
          question{question?} & chunks -. asks .-> index
          index ==> answer; index --- log
          docs -- by hand --> answer
          style answer fill:#fff
        """;

    [Fact]
    public void WhatIsWrittenIsRead()
    {
        var text = FlowText.Read(Story);

        Assert.Equal(
            [
                "docs A folder\n文档 Box",
                "chunks chunks Round",
                "index index Stadium",
                "question question? Rhombus",
                "answer answer Box",
                "log log Box",
            ],
            text.Nodes.Select(node => $"{node.Id} {node.Text} {node.Shape}")
        );
        Assert.Equal(
            [
                "docs chunks  Plain True",
                "chunks index once Plain True",
                "question index asks Dotted True",
                "chunks index asks Dotted True",
                "index answer  Thick True",
                "index log  Plain False",
                "docs answer by hand Plain True",
            ],
            text.Links.Select(link => $"{link.From} {link.To} {link.Label} {link.Style} {link.HasArrow}")
        );
    }

    [Fact]
    public void ASemicolonInACommentOrInQuotesPartsNothing()
    {
        var text = FlowText.Read("flowchart LR; a[\"x; y\"] --> b; %% first; then\n %% one --> ; two\n b --> c");
        Assert.Equal(["x; y", "b", "c"], text.Nodes.Select(node => node.Text));
        Assert.Equal(2, text.Links.Count);
    }

    [Fact]
    public void TheAlternativeTextSaysTheArrows()
    {
        var chart = FlowChart.Parse("graph\n a[One & <two>] -->|then| b\n c");
        Assert.Equal("Flowchart: One & <two> → b (then); c.", chart.ToString());
        Assert.Contains("role=\"img\" aria-label=\"Flowchart: One &amp; &lt;two&gt; → b (then); c.\"", chart.ToHtml());
        Assert.DoesNotContain("<two>", chart.ToHtml());
    }

    [Fact]
    public void ItNeedsNoScriptAndNoNetwork()
    {
        var html = FlowChart.Parse(Story).ToHtml();
        foreach (var word in new[] { "<script", "http", "url(", "<style", "NaN", "∞" })
            Assert.DoesNotContain(word, html);
        Assert.Equal(7, html.Split("<path ").Length - 1);
        Assert.Contains("stroke-dasharray", html);
        Assert.Contains("stroke-width=\"3\"", html);
        System.Xml.Linq.XDocument.Parse(html);
    }

    [Theory]
    [InlineData("LR", 1, 0)]
    [InlineData("RL", -1, 0)]
    [InlineData("TD", 0, 1)]
    [InlineData("BT", 0, -1)]
    public void ItRunsWhereItIsToldTo(string direction, int right, int down)
    {
        var layout = new FlowLayout(FlowText.Read($"flowchart {direction}\n a --> b --> c"));
        foreach (var line in layout.Lines)
        {
            var (from, to) = (Box(layout, line.Link.From), Box(layout, line.Link.To));
            Assert.Equal(right, Math.Sign(Math.Round(to.X - from.X)));
            Assert.Equal(down, Math.Sign(Math.Round(to.Y - from.Y)));
            Assert.Equal(right + down < 0, line.IsBackwards);
            // From border to border.
            Assert.Equal(from.X + right * from.Width / 2, line.Points[0].X, 1e-9);
            Assert.Equal(from.Y + down * from.Height / 2, line.Points[0].Y, 1e-9);
            Assert.Equal(to.X - right * to.Width / 2, line.Points[^1].X, 1e-9);
            Assert.Equal(to.Y - down * to.Height / 2, line.Points[^1].Y, 1e-9);
        }
    }

    [Theory]
    [InlineData(Story)]
    [InlineData("flowchart TB\n a & b & c --> d & e --> f\n a --> f\n g --> f\n b --> g")]
    [InlineData("flowchart LR\n a --> b --> c --> a\n b --> a\n c --> d\n x --> y")] // circles
    public void NothingLiesOnAnything(string mermaid)
    {
        var layout = new FlowLayout(FlowText.Read(mermaid));
        foreach (var (box, i) in layout.Boxes.Select((box, i) => (box, i)))
        {
            Assert.InRange(box.X - box.Width / 2, 0, layout.Width - box.Width);
            Assert.InRange(box.Y - box.Height / 2, 0, layout.Height - box.Height);
            foreach (var other in layout.Boxes.Skip(i + 1))
                Assert.True(
                    Math.Abs(box.X - other.X) >= (box.Width + other.Width) / 2
                        || Math.Abs(box.Y - other.Y) >= (box.Height + other.Height) / 2,
                    $"{box.Node.Id} lies on {other.Node.Id}"
                );
            // A long link passes beside the boxes on its way.
            foreach (var (x, y) in layout.Lines.SelectMany(line => line.Points.Skip(1).SkipLast(1)))
                Assert.False(Math.Abs(x - box.X) < box.Width / 2 && Math.Abs(y - box.Y) < box.Height / 2, $"a line crosses {box.Node.Id}");
        }
    }

    [Fact]
    public void ACircleIsDrawnWithOneArrowBack()
    {
        var layout = new FlowLayout(FlowText.Read("flowchart LR\n train --> evaluate --> train"));
        Assert.Equal([false, true], layout.Lines.Select(line => line.IsBackwards));
        var (there, back) = (layout.Lines[0], layout.Lines[1]);
        Assert.True(there.Points[0].X < there.Points[^1].X && back.Points[0].X > back.Points[^1].X);
        Assert.NotEqual(there.Points[0].Y, back.Points[^1].Y); // beside each other
    }

    [Fact]
    public void ALabelOnTheWayBackStandsInThePicture()
    {
        var layout = new FlowLayout(FlowText.Read("flowchart LR\n a --> b --> c\n c -->|again| a\n d --> e --> b"));
        var label = layout.Lines.Single(line => line.Link.Label == "again").Middle;
        Assert.InRange(label.Y, 18, layout.Height); // 6 above its line, 12 high
    }

    [Fact]
    public void AChineseTextHasRoom()
    {
        var boxes = new FlowLayout(FlowText.Read("flowchart LR\n a[four] --> b[四个汉字]")).Boxes;
        Assert.True(boxes[1].Width > boxes[0].Width + 25);
    }

    [Theory]
    [InlineData("sequenceDiagram\n a->>b: hi", "Line 1", "flowchart LR")]
    [InlineData("flowchart sideways\n a --> b", "Line 1", "flowchart LR")]
    [InlineData("flowchart LR\n\n subgraph one\n a --> b\n end", "Line 3", "subgraphs are not drawn")]
    [InlineData("flowchart LR\n a --> ", "Line 2", "a node")]
    [InlineData("flowchart LR\n a[one) --> b", "Line 2", "a node")]
    [InlineData("flowchart LR\n a[one", "Line 2", "an arrow")]
    [InlineData("flowchart LR\n a --> a", "Line 2", "to itself")]
    [InlineData("flowchart LR\n a b", "Line 2", "an arrow")]
    [InlineData("flowchart LR", "the text has no node", "flowchart LR")]
    [InlineData("", "the text has no node", "flowchart LR")]
    public void WhatCannotBeDrawnIsSaid(string mermaid, string where, string expected)
    {
        var error = Assert.Throws<CrossEncoderException>(() => FlowChart.Parse(mermaid));
        Assert.Contains(where, error.Message);
        Assert.Contains(expected, error.Message);
        Assert.StartsWith($"<pre>{mermaid.Split('\n')[0]}", MermaidFormatter.Shown(mermaid)); // in a notebook: as it is written
        Assert.Contains("expected", MermaidFormatter.Shown(mermaid));
    }

    [Fact]
    public void ManyNodesAreNoPicture()
    {
        var chart = "flowchart LR\n" + string.Concat(Enumerable.Range(0, 201).Select(i => $"n{i}\n"));
        Assert.Contains("At most 200 nodes", Assert.Throws<CrossEncoderException>(() => FlowChart.Parse(chart)).Message);
        Assert.Throws<CrossEncoderException>(() => FlowChart.Parse("flowchart LR\n" + new string('[', 100_000)));
        Assert.Throws<CrossEncoderException>(() => FlowChart.Parse("flowchart LR\na -- " + new string(' ', 100_000)));
    }

    private static FlowBox Box(FlowLayout layout, string id) => layout.Boxes.Single(box => box.Node.Id == id);
}
