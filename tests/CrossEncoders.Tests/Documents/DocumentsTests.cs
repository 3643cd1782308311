using System.Text;
using CrossEncoders.Documents;

namespace CrossEncoders.Tests.Documents;

public sealed class DocumentsTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private void Write(string name, string text, Encoding? encoding = null) =>
        Write(name, [.. (encoding ?? new UTF8Encoding(false)).GetPreamble(), .. (encoding ?? new UTF8Encoding(false)).GetBytes(text)]);

    private void Write(string name, byte[] bytes)
    {
        var path = _folder[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }

    [Fact]
    public void DocumentsComeInOrdinalOrderWithTitleAndLanguage()
    {
        Write("b/two.md", "---\ntitle: \"From metadata\"\n---\n\nNo heading here.\r\nSecond line.\rThird.");
        Write("a.txt", "THE CLOCK\nKeeper: me.\n");
        Write("B.md", "# 低温手册\n\n本手册供值班人使用。\n");
        Write(".hidden/no.md", "# No\n");
        Write("b/.no.md", "# No\n");
        Write("b/picture.png", [1, 2, 3]);

        var documents = DocumentFolder.Load(_folder.Path);
        Assert.Equal(["B.md", "a.txt", "b/two.md"], documents.Select(document => document.Id));
        Assert.Equal(["低温手册", "THE CLOCK", "From metadata"], documents.Select(document => document.Title));
        Assert.Equal(["zh", "en", "en"], documents.Select(document => document.Language));
        Assert.Equal("No heading here.\nSecond line.\nThird.", documents[2].Text);
        Assert.Empty(documents.Skipped);
    }

    [Fact]
    public void EncodingsAreDetected()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        const string Text =
            "# 手册\n\n低温库里的液氮罐由值班人每天检查两次，压力不得超过上限。发现异常请立即通知夜班长，并在日志里写明时间。\n";
        Write("gb.md", Text, Encoding.GetEncoding("gb18030"));
        Write("utf16be.md", Text, Encoding.BigEndianUnicode);
        Write("utf16le.md", Text, Encoding.Unicode);
        Write("utf8bom.md", Text, new UTF8Encoding(true));
        Write("plain16.md", "# Plain\n\nNo mark at the start.\n", new UnicodeEncoding(false, false));

        var documents = DocumentFolder.Load(_folder.Path);
        Assert.Empty(documents.Skipped);
        Assert.Equal("# Plain\n\nNo mark at the start.\n", documents.Single(document => document.Id == "plain16.md").Text);
        Assert.All(documents.Where(document => document.Id != "plain16.md"), document => Assert.Equal(Text, document.Text));
    }

    [Fact]
    public void ShortChinesePagesAreReadInTheEncodingTheyName()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        Write(
            "a.html",
            Encoding
                .GetEncoding("gb18030")
                .GetBytes("<html><head><meta charset=\"gbk\"><title>夜班</title></head><body><p>夜班长。</p></body></html>")
        );
        Write(
            "b.html",
            Encoding
                .GetEncoding("gb18030")
                .GetBytes(
                    "<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=gb2312\"></head>"
                        + "<body>The dome (圆顶) closes.</body></html>"
                )
        );
        Write("c.txt", Encoding.GetEncoding("gb18030").GetBytes("夜班长"));
        Write("d.txt", Encoding.Latin1.GetBytes("The café is naïve."));
        Assert.Equal(
            ["夜班长。", "The dome (圆顶) closes.", "夜班长", "The café is naïve."],
            DocumentFolder.Load(_folder.Path).Select(document => document.Text.Trim())
        );
    }

    [Fact]
    public void ARowWithHalfACharacterDoesNotEndTheRun()
    {
        Write("a.md", "# A\n\nText.\n");
        Write("b.jsonl", "{\"text\":\"cut off at \\ud83d\"}\n");
        var documents = DocumentFolder.Load(_folder.Path, new DocumentOptions { TextColumn = "text" });
        Assert.Single(documents);
        Assert.Contains("half a character", Assert.Single(documents.Skipped).Reason);
    }

    [Fact]
    public async Task APipeIsNotWaitedFor()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no pipes in folders there");
        Write("a.md", "# A\n\nText.\n");
        await System.Diagnostics.Process.Start("mkfifo", _folder["pipe.txt"]).WaitForExitAsync(TestContext.Current.CancellationToken);
        var load = Task.Run(() => DocumentFolder.Load(_folder.Path), TestContext.Current.CancellationToken);
        var documents = await load.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal("pipe.txt", Assert.Single(documents.Skipped).Id);
    }

    [Fact]
    public void HtmlBecomesMarkdownWithoutScripts()
    {
        var document = DocumentFolder.Parse(
            "page.html",
            """
            <html><head><title>Page</title><style>p{}</style></head><body><h1>Winter &amp; ice</h1>
            <p>Chip ice
             with a <b>wedge</b>.</p><script>alert(1)</script><noscript>no</noscript>
            <ol><li><p>First</p></li><li>Second<ul><li>inner</li></ul></li><li></li></ol>
            <table><tr><th>Code</th><th>Meaning</th></tr><tr><td>DM-1</td><td>a|b</td></tr></table>
            <h2>低温</h2><div>One<br>Two</div><pre>x
              y</pre></body></html>
            """
        );
        Assert.Equal("Winter & ice", document.Title);
        Assert.Equal(
            """
            # Winter & ice

            Chip ice with a wedge.

            1. First

            2. Second
            - inner

            | Code | Meaning |
            |---|---|
            | DM-1 | a\|b |

            ## 低温

            One
            Two

            ```
            x
              y
            ```

            """.ReplaceLineEndings("\n"),
            document.Text
        );
    }

    [Fact]
    public void ADeepPageDoesNotOverflowTheStack()
    {
        var html = string.Concat(Enumerable.Repeat("<div>", 20_000)) + "deep <script>alert(1)</script>text";
        Assert.Equal("deep text\n", DocumentFolder.Parse("deep.html", html).Text);
    }

    [Fact]
    public void UnreadableFilesAreReportedOrFailUnderStrict()
    {
        Write("a.md", "# A\n\nText.\n");
        Write("binary.txt", [0x50, 0x4B, 3, 4, 0, 0, 0, 1, 0xFF]);
        Write("empty.md", " \n");
        var documents = DocumentFolder.Load(_folder.Path);
        Assert.Single(documents);
        Assert.Equal(["binary.txt", "empty.md"], documents.Skipped.Select(file => file.Id));
        Assert.Contains("NUL", documents.Skipped[0].Reason);
        Assert.Contains("no text", documents.Skipped[1].Reason);

        var error = Assert.Throws<CrossEncoderException>(() => DocumentFolder.Load(_folder.Path, new DocumentOptions { Strict = true }));
        Assert.Contains("binary.txt", error.Message);
    }

    [Fact]
    public void AFileWithoutPermissionIsReported()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.UserName == "root", "permissions do not bind this user");
        Write("a.md", "# A\n\nText.\n");
        Write("locked.md", "# B\n\nText.\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder["locked.md"], UnixFileMode.None);
        Assert.Equal("locked.md", Assert.Single(DocumentFolder.Load(_folder.Path).Skipped).Id);
    }

    [Fact]
    public void LinksAreNotFollowed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights there");
        using var outside = new ScratchFolder().With("secret.md", "# Secret\n");
        Write("a.md", "# A\n\nText.\n");
        Directory.CreateSymbolicLink(_folder["out"], outside.Path);
        File.CreateSymbolicLink(_folder["b.md"], outside["secret.md"]);
        var documents = DocumentFolder.Load(_folder.Path);
        Assert.Equal("a.md", Assert.Single(documents).Id);
        Assert.Equal(["b.md", "out"], documents.Skipped.Select(file => file.Id));
    }

    [Fact]
    public void AMissingOrEmptyFolderIsNamed()
    {
        var missing = _folder["nowhere"];
        var error = Assert.Throws<CrossEncoderException>(() => DocumentFolder.Load(missing));
        Assert.Contains(missing, error.Message);
        Assert.Contains(".md", error.Message);

        Write("picture.png", [1, 2, 3]);
        error = Assert.Throws<CrossEncoderException>(() => DocumentFolder.Load(_folder.Path));
        Assert.Contains(_folder.Path, error.Message);
        Assert.Contains(".html", error.Message);
    }
}
