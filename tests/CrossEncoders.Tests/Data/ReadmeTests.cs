using System.Text.RegularExpressions;

namespace CrossEncoders.Tests.Data;

/// <summary>Both READMEs say the same.</summary>
public sealed class ReadmeTests
{
    [Theory]
    [InlineData("^#+ ")] // sections
    [InlineData("^\\| ")] // rows of tables
    [InlineData("^- ")] // points of lists
    [InlineData("^```")] // blocks of code
    public void HaveTheSameParts(string part) =>
        Assert.Equal(
            Regex.Count(Text("README.md"), part, RegexOptions.Multiline),
            Regex.Count(Text("README.zh.md"), part, RegexOptions.Multiline)
        );

    [Theory]
    [InlineData("^(dotnet|jupyter) [^#\\n]*")] // commands
    [InlineData("`-p[: ](?!name)[a-zA-Z]+")] // settings
    [InlineData("\\b[A-Z]+(_[A-Z]+)+\\b")] // environment variables
    public void NameTheSameThings(string thing)
    {
        var things = Things("README.md");
        Assert.NotEmpty(things);
        Assert.Equal(things, Things("README.zh.md"));

        string[] Things(string file) =>
            [
                .. Regex
                    .Matches(Text(file), thing, RegexOptions.Multiline)
                    .Select(match => match.Value.Trim())
                    .Distinct()
                    .Order(StringComparer.Ordinal),
            ];
    }

    private static string Text(string file) => File.ReadAllText(Path.Combine(Shared.Repository, file));
}
