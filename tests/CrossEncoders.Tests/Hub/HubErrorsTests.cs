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
    public void A_refusal_says_what_to_do_and_is_not_repeated(int status, string? code, string expected)
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
    public void A_page_that_is_not_the_hubs_is_told(string page)
    {
        _hub.OnHub = _ => new Reply(200, System.Text.Encoding.UTF8.GetBytes(page));
        Assert.Contains("/api/models/", Assert.Throws<CrossEncoderException>(() => _hub.Download()).Message);
    }

    [Fact]
    public void Without_a_network_the_cache_is_used_and_else_the_remedy_is_told()
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
        if (!OperatingSystem.IsWindows()) Assert.Throws<CrossEncoderException>(() => _hub.Download());
        _hub.Options = online;
        _hub.Download();
        Assert.True(File.Exists(_hub.Blob("model.safetensors")));
    }

    [Fact]
    public void Offline_asks_nobody()
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
    public void A_cache_that_cannot_be_written_is_told()
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
    public void A_path_that_does_not_exist_is_told_and_asks_nobody(string path)
    {
        Assert.Contains("There is no folder", Assert.Throws<CrossEncoderException>(() => _hub.Resolve(path)).Message);
        Assert.Empty(_hub.HubRequests);
    }

    [Fact]
    public void A_folder_is_returned_as_it_is_and_an_id_is_downloaded()
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
    public void A_revision_that_is_a_path_is_refused(string revision) =>
        Assert.Throws<CrossEncoderException>(() => _hub.Download(revision));
}
