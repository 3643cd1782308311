using NotebookRunner.Reports;

namespace NotebookRunner.Tests;

/// <summary>Answers and solutions that fold, and nothing else of HTML.</summary>
public sealed class FoldedTextTests
{
    [Fact]
    public void WhatStandsBetweenTheTwoLinesIsFolded()
    {
        var html = MarkdownPages.Render(
            """
            Guess.

            <details><summary>Answer &amp; why</summary>

            The **last** one:

            ```csharp
            var x = 1 < 2;
            ```

            </details>

            Go on.
            """
        );
        Assert.Contains("<p>Guess.</p>\n<details><summary>Answer &amp; why</summary>\n<p>The <strong>last</strong> one:</p>", html);
        Assert.Contains("1 &lt; 2;\n</code></pre>\n</details>\n<p>Go on.</p>", html);
    }

    [Fact]
    public void TwoPartsFoldEachForItself()
    {
        const string part = "<details><summary>a</summary>\n\nb\n\n</details>\n\n";
        Assert.Equal(2, MarkdownPages.Render(part + "between\n\n" + part).Split("<details>").Length - 1);
    }

    [Theory]
    [InlineData("<details><summary>a</summary>\n\nno end")]
    [InlineData("no beginning\n\n</details>")]
    [InlineData("</details>\n\n<details><summary>a</summary>")]
    [InlineData("> <details><summary>a</summary>\n>\n> b\n>\n> </details>")]
    [InlineData("<details open onclick=x><summary>a</summary>\n\nb\n\n</details>")]
    [InlineData("<details><summary><img src=x></summary>\n\nb\n\n</details>")]
    [InlineData("<script>x</script>\n\nb")]
    public void OtherHtmlStaysText(string text)
    {
        var html = MarkdownPages.Render(text);
        Assert.DoesNotContain("<details", html);
        Assert.DoesNotContain("</details>", html);
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("<img", html);
    }

    [Fact]
    public void AScriptInsideStaysText()
    {
        var html = MarkdownPages.Render("<details><summary>a</summary>\n\n<script>x</script> [l](javascript:x)\n\n</details>");
        Assert.StartsWith("<details>", html);
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("javascript:", html);
    }
}
