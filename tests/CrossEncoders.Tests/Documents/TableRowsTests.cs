using CrossEncoders.Documents;

namespace CrossEncoders.Tests.Documents;

/// <summary>Rows of .csv, .tsv and .jsonl files.</summary>
public sealed class TableRowsTests
{
    /// <summary>Each row as its number and its values.</summary>
    private static string Show(IEnumerable<TableRow> rows) =>
        string.Join(
            '\n',
            rows.Select(row => $"{row.Number}: {string.Join(", ", row.Values.Select(pair => $"{pair.Key}={Value(pair.Value)}"))}")
        );

    private static string Value(object? value) =>
        value switch
        {
            null => "null",
            List<object?> list => $"[{string.Join(' ', list.Select(Value))}]",
            string text => $"'{text}'",
            _ => FormattableString.Invariant($"{value}"),
        };

    private static string Read(string name, string text, Func<IReadOnlyList<string>, bool>? isHeader = null)
    {
        using var folder = new ScratchFolder().With(name, text);
        return Show(TableRows.Read(folder[name], isHeader));
    }

    private static string Error(string name, string text) => Assert.Throws<CrossEncoderException>(() => Read(name, text)).Message;

    [Theory]
    [InlineData("[{\"a\":\"x\"},{\"a\":1}]", "1: a='x'\n2: a=1")]
    [InlineData("\uFEFF \n[\n  {\n    \"a\": [\"x\", null]\n  }\n]\n", "1: a=['x' null]")]
    [InlineData(" [ ] ", "")]
    [InlineData("{\"a\":1}\n{\"a\":2}", "1: a=1\n2: a=2")] // or an object a line
    [InlineData("", "")]
    public void AJsonFileMayBeOneList(string text, string rows) => Assert.Equal(rows, Read("a.json", text));

    [Theory]
    [InlineData("[{\"a\":1},5]", "Item 2 of ", "is a JSON Number; expected an object")]
    [InlineData("[{\"a\":1},{\"a\":", "Item ", " cannot be read: ")]
    [InlineData("[{\"a\":1}] x", "Item ", " cannot be read: ")]
    [InlineData("[{\"a\":\"\\ud83d\"}]", "Item 1 of ", "half a character")]
    public void AnItemThatIsNoRowIsNamed(string text, string place, string said)
    {
        var message = Error("a.json", text);
        Assert.Contains(place, message);
        Assert.Contains(said, message);
    }

    [Theory]
    [InlineData("a,b\n1,2\n", "2: a='1', b='2'")]
    [InlineData("a,b\r\n1,2", "2: a='1', b='2'")]
    [InlineData("a\n\"x, \"\"y\"\"\"\n", "2: a='x, \"y\"'")]
    [InlineData("\uFEFFa,b\n1,2\n", "2: a='1', b='2'")]
    [InlineData(" a , b \n 1 ,2\n", "2: a=' 1 ', b='2'")] // names are trimmed, values are not
    [InlineData("a,a\n1,2\n", "2: a='1'")] // of two columns of one name the first
    [InlineData("a\n", "")]
    [InlineData("", "")]
    [InlineData("a,b\n,\n", "2: a='', b=''")]
    public void CommaSeparated(string text, string rows) => Assert.Equal(rows, Read("t.csv", text));

    [Fact]
    public void ALineBreakInQuotesIsPartOfTheField() => Assert.Contains("a='x\ny'", Read("t.csv", "a,b\n\"x\ny\",2\n3,4\n"));

    [Theory]
    [InlineData("a,b\n1\n", "has 1 fields; expected 2: a, b")]
    [InlineData("a,b\n1,2,3\n", "has 3 fields; expected 2")]
    [InlineData("a,b\n\"never closed,2\n", "has 1 fields; expected 2")]
    public void ARowOfAnotherLengthIsNamed(string text, string message)
    {
        var error = Error("t.csv", text);
        Assert.Contains(message, error);
        Assert.Contains("Line 2", error);
    }

    [Theory]
    [InlineData("query\tpositive\tnegative\nq\tp\tn\n", true, "2: query='q', positive='p', negative='n'")]
    [InlineData(
        "a \"quoted\tb\tc\nd\te\tf\n",
        false,
        "1: query='a \"quoted', positive='b', negative='c'\n2: query='d', positive='e', negative='f'"
    )]
    [InlineData("id\ttext\n1\tx, y\n", false, "2: id='1', text='x, y'")] // two columns have names always
    public void TabSeparatedMayHaveNoNames(string text, bool isHeader, string rows) =>
        Assert.Equal(rows, Read("t.tsv", text, _ => isHeader));

    [Theory]
    [InlineData("{\"a\":\"x\"}\n\n{\"a\":\"y\"}\n", "1: a='x'\n3: a='y'")]
    [InlineData("{\"n\":1.5,\"t\":true,\"f\":false,\"z\":null}", "1: n=1.5, t=1, f=0, z=null")]
    [InlineData("{\"l\":[\"x\",2,[null]]}", "1: l=['x' 2 [null]]")]
    [InlineData("{\"o\": {\"title\": \"t\"}}", "1: o={\"title\": \"t\"}")]
    [InlineData("{\"a\":\"\\u5706\\ud83d\\ude00\"}", "1: a='圆😀'")]
    [InlineData("{\"a\":1,\"a\":2}", "1: a=2")]
    [InlineData("", "")]
    public void JsonLines(string text, string rows) => Assert.Equal(rows, Read("t.jsonl", text));

    [Theory]
    [InlineData("{\"a\":1}\n[1]\n", "Line 2", "JSON Array")]
    [InlineData("\"text\"\n", "Line 1", "JSON String")]
    [InlineData("{\"a\":1}\n\n{\"a\":\n", "Line 3", "cannot be read")]
    [InlineData("{\"a\":\"\\ud83d\"}\n", "Line 1", "half a character")]
    [InlineData("{'a':1}\n", "Line 1", "cannot be read")]
    public void ABrokenLineIsNamed(string text, string line, string message)
    {
        var error = Error("t.jsonl", text);
        Assert.Contains(line, error);
        Assert.Contains(message, error);
        Assert.DoesNotContain('\n', error);
    }

    [Fact]
    public void RowsBeforeABrokenLineAreGiven()
    {
        using var folder = new ScratchFolder().With("t.jsonl", "{\"a\":1}\n{\"a\":2}\nbroken\n");
        Assert.Equal([1, 2], TableRows.Read(folder["t.jsonl"]).Take(2).Select(row => row.Number));
    }

    [Theory]
    [InlineData("t.csv")]
    [InlineData("t.tsv")]
    [InlineData("t.jsonl")]
    public void OtherEncodingsThanUtf8AreRefused(string name)
    {
        using var folder = new ScratchFolder();
        File.WriteAllBytes(folder[name], [.. "a,b\n"u8, 0xB2, 0xE2, (byte)'\n']);
        Assert.Contains("is not UTF-8", Assert.Throws<CrossEncoderException>(() => TableRows.Read(folder[name]).ToList()).Message);
    }

    [Fact]
    public void OtherKindsAndMissingFilesAreNamedAtOnce()
    {
        using var folder = new ScratchFolder().With("t.xlsx", "x");
        Assert.Contains("'.xlsx'; expected .jsonl", Assert.Throws<CrossEncoderException>(() => TableRows.Read(folder["t.xlsx"])).Message);
        Assert.Contains("There is no file", Assert.Throws<CrossEncoderException>(() => TableRows.Read(folder["none.csv"])).Message);
    }

    [Fact]
    public void TheEndingMayBeInCapitals() => Assert.Equal("2: a='1'", Read("T.CSV", "a\n1\n"));
}
