namespace CrossEncoders.Tests.Hub;

public sealed class HubErrorsTests : IDisposable
{
    private readonly FakeHub _hub = new();

    public void Dispose() => _hub.Dispose();

    [Theory]
    [InlineData(401, "RepoNotFound", "HF_TOKEN")]
    [InlineData(401, null, "HF_TOKEN")]
    [InlineData(401, "GatedRepo", "Accept its conditions")]
    [InlineData(403, "GatedRepo", "Accept its conditions")]
    [InlineData(403, null, "Accept its conditions")]
    [InlineData(404, "RepoNotFound", "no model 'org/model'")]
    [InlineData(404, null, "no model 'org/model'")]
    [InlineData(404, "RevisionNotFound", "no revision 'main'")]
    [InlineData(418, null, "418")]
    public void ARefusalSaysWhatToDoAndIsNotRepeated(int status, string? code, string expected)
    {
        _hub.OnHub = _ => code is null ? new Reply(status, []) : new Reply(status, [], ("X-Error-Code", code));
        Assert.Contains(expected, Assert.Throws<CrossEncoderException>(() => _hub.Download()).Message);
        Assert.Single(_hub.HubRequests);
    }

    [Theory]
    [InlineData("<html>Log in to the guest network</html>")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"sha\":\"main\",\"siblings\":[]}")]
    [InlineData("{\"sha\":\"../../x\",\"siblings\":[]}")]
    [InlineData("{\"sha\":1,\"siblings\":[]}")]
    public void APageThatIsNotTheHubsIsTold(string page)
    {
        _hub.OnHub = _ => new Reply(200, System.Text.Encoding.UTF8.GetBytes(page));
        Assert.Contains("/api/models/", Assert.Throws<CrossEncoderException>(() => _hub.Download()).Message);
    }

    [Fact]
    public void WithoutANetworkTheCacheIsUsedAndElseTheRemedyIsTold()
    {
        var online = _hub.Options;
        var offline = online with { Endpoint = "http://127.0.0.1:1", Attempts = 2 };
        _hub.Options = offline;
        var message = Assert.Throws<CrossEncoderException>(() => _hub.Download()).Message;
        Assert.Contains("http://127.0.0.1:1", message);
        Assert.Contains("HF_ENDPOINT", message);

        _hub.Options = online;
        var folder = _hub.Download();
        _hub.Options = offline;
        Assert.Equal(folder, _hub.Download());
        File.Delete(_hub.Blob("model.safetensors")); // now a link leads nowhere
        if (!OperatingSystem.IsWindows())
            Assert.Throws<CrossEncoderException>(() => _hub.Download());
        _hub.Options = online;
        _hub.Download();
        Assert.True(File.Exists(_hub.Blob("model.safetensors")));
    }

    [Fact]
    public void OfflineAsksNobody()
    {
        var online = _hub.Options;
        _hub.Options = online with { Offline = true };
        Assert.Contains("HF_HUB_OFFLINE", Assert.Throws<CrossEncoderException>(() => _hub.Download()).Message);
        Assert.Empty(_hub.HubRequests);
        _hub.Options = online;
        var folder = _hub.Download();
        var asked = _hub.HubRequests.Count();
        _hub.Options = online with { Offline = true };
        Assert.Equal(folder, _hub.Download());
        Assert.Equal(folder, _hub.Download(FakeHub.Commit));
        Assert.Equal(asked, _hub.HubRequests.Count());
        Assert.Throws<CrossEncoderException>(() => _hub.Download("other"));
        Assert.Throws<CrossEncoderException>(() => _hub.Download("main", "onnx/model.onnx"));
    }

    [Fact]
    public void ACacheThatCannotBeWrittenIsTold()
    {
        using var folder = new ScratchFolder();
        File.WriteAllText(folder["file"], "");
        _hub.Options = _hub.Options with { CacheFolder = folder["file"] };
        Assert.Contains("HF_HUB_CACHE", Assert.Throws<CrossEncoderException>(() => _hub.Download()).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../model")]
    [InlineData("./model")]
    [InlineData("/models/absent")]
    [InlineData("~/models/absent")]
    [InlineData("a/b/c")]
    [InlineData("models\\absent")]
    [InlineData("models/absent/")]
    [InlineData("https://huggingface.co/org/model")]
    [InlineData("a\0b")]
    public void APathThatDoesNotExistIsToldAndAsksNobody(string path)
    {
        Assert.Contains("There is no folder", Assert.Throws<CrossEncoderException>(() => _hub.Resolve(path)).Message);
        Assert.Empty(_hub.HubRequests);
    }

    [Fact]
    public void AFolderIsReturnedAsItIsAndAnIdIsDownloaded()
    {
        using var folder = new ScratchFolder();
        Assert.Equal(folder.Path, _hub.Resolve(folder.Path));
        File.WriteAllText(folder["file"], "");
        Assert.Contains("is a file", Assert.Throws<CrossEncoderException>(() => _hub.Resolve(folder["file"])).Message);
        Assert.Empty(_hub.HubRequests);
        Assert.True(File.Exists(Path.Combine(_hub.Resolve(FakeHub.Id), "config.json")));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../main")]
    [InlineData("/main")]
    [InlineData("")]
    public void ARevisionThatIsAPathIsRefused(string revision) => Assert.Throws<CrossEncoderException>(() => _hub.Download(revision));
}
