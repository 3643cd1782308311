using CrossEncoders.Hub;

namespace CrossEncoders.Tests.Hub;

public sealed partial class DownloadTests : IDisposable
{
    private readonly FakeHub _hub = new();

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void TheCacheIsLaidOutAsPythons()
    {
        var folder = _hub.Download();
        Assert.Equal(Path.Combine(_hub.ModelFolder, "snapshots", FakeHub.Commit), folder);
        Assert.Equal(FakeHub.Commit, File.ReadAllText(Path.Combine(_hub.ModelFolder, "refs", "main")));
        Assert.Equal(["config.json", "model.safetensors", "tokenizer.json"], Names(folder));
        foreach (var file in Names(folder))
            Assert.Equal(_hub.Files[file], File.ReadAllBytes(Path.Combine(folder, file)));
        Assert.Equal(_hub.Files["model.safetensors"], File.ReadAllBytes(_hub.Blob("model.safetensors")));
        Assert.Equal(3, Directory.GetFiles(Path.Combine(_hub.ModelFolder, "blobs")).Length); // nothing half done is left
        if (OperatingSystem.IsWindows())
            return;
        Assert.Equal(
            Path.Combine("..", "..", "blobs", FakeHub.Sha256(_hub.Files["model.safetensors"])),
            new FileInfo(Path.Combine(folder, "model.safetensors")).LinkTarget
        );
    }

    [Fact]
    public void WhatIsThereIsNotFetchedAgain()
    {
        _hub.Download();
        var before = _hub.HubRequests.Count();
        var stored = _hub.StorageRequests.Count();
        _hub.Download();
        _hub.Download(FakeHub.Commit);
        Assert.Equal(before + 2, _hub.HubRequests.Count()); // the two listings
        Assert.Equal(stored, _hub.StorageRequests.Count());
    }

    [Fact]
    public void TheTokenGoesToTheHubAndNowhereElse()
    {
        _hub.Download();
        Assert.All(_hub.HubRequests, request => Assert.Equal("Bearer secret", request.Headers["Authorization"]));
        Assert.NotEmpty(_hub.StorageRequests);
        Assert.All(_hub.StorageRequests, request => Assert.DoesNotContain("Authorization", request.Headers.Keys));
        Assert.DoesNotContain("secret", _hub.Options.ToString());
    }

    [Fact]
    public void PatternsChooseFilesAndANameThatIsNotThereIsTold()
    {
        var folder = _hub.Download("refs/pr/1", "*.md", "onnx/*");
        Assert.Equal(["README.md", Path.Combine("onnx", "model.onnx")], Names(folder));
        Assert.True(File.Exists(Path.Combine(_hub.ModelFolder, "refs", "refs", "pr", "1")));
        Assert.Contains("no file 'absent.json'", Assert.Throws<CrossEncoderException>(() => _hub.Download("main", "absent.json")).Message);
    }

    [Fact]
    public void ShardsAreFetchedWithTheirIndexAndMissingOnesAreTold()
    {
        _hub.Files.Remove("model.safetensors");
        _hub.Files["model.safetensors.index.json"] = [1];
        _hub.Files["model-00001-of-00002.safetensors"] = [2];
        Assert.Equal(["config.json", "pytorch_model.bin", "tokenizer.json"], Names(_hub.Download()));
        _hub.Files.Remove("pytorch_model.bin");
        Assert.Contains("no complete weights", Assert.Throws<CrossEncoderException>(() => _hub.Download()).Message);
        _hub.Files["model-00002-of-00002.safetensors"] = [3];
        var names = Names(_hub.Download());
        Assert.All(_hub.Files.Keys.Where(name => name.StartsWith("model", StringComparison.Ordinal)), name => Assert.Contains(name, names));
    }

    [Fact]
    public void ABrokenConnectionIsResumedWhereItBroke()
    {
        _hub.OnStorage = request => FakeHub.Bytes(request, _hub.Files["model.safetensors"]) with { BreakAfter = 50_000 };
        _hub.Download();
        Assert.Equal(_hub.Files["model.safetensors"], File.ReadAllBytes(_hub.Blob("model.safetensors")));
        // More breaks than attempts are allowed: each one that advances counts anew.
        Assert.Equal([0, 50_000, 100_000, 150_000, 200_000, 250_000], _hub.StorageRequests.Select(request => request.From));
    }

    [Fact]
    public void ADownloadThatEndedIsResumedByTheNext()
    {
        _hub.OnStorage = request =>
            request.From == 0 ? FakeHub.Bytes(request, _hub.Files["model.safetensors"]) with { BreakAfter = 70_000 } : new Reply(503, []);
        Assert.Contains("503", Assert.Throws<CrossEncoderException>(() => _hub.Download()).Message);
        Assert.Equal(70_000, new FileInfo(_hub.Blob("model.safetensors") + ".incomplete").Length);
        _hub.OnStorage = null;
        _hub.Download();
        Assert.Equal(70_000, _hub.StorageRequests.Last().From);
        Assert.Equal(_hub.Files["model.safetensors"], File.ReadAllBytes(_hub.Blob("model.safetensors")));
    }

    [Fact]
    public void AServerWithoutRangesSendsTheWholeAgain()
    {
        var first = true;
        _hub.OnStorage = _ =>
        {
            var reply = new Reply(200, _hub.Files["model.safetensors"]) { BreakAfter = first ? 70_000 : int.MaxValue };
            first = false;
            return reply;
        };
        _hub.Download();
        Assert.Equal([0, 70_000], _hub.StorageRequests.Select(request => request.From));
        Assert.Equal(_hub.Files["model.safetensors"], File.ReadAllBytes(_hub.Blob("model.safetensors")));
    }

    [Fact]
    public void AServerThatAlwaysBreaksAtTheSamePlaceIsGivenUp()
    {
        _hub.OnStorage = _ => new Reply(200, _hub.Files["model.safetensors"]) { BreakAfter = 70_000 };
        Assert.Contains("could not be downloaded", Assert.Throws<CrossEncoderException>(() => _hub.Download()).Message);
        Assert.Equal(_hub.Options.Attempts, _hub.StorageRequests.Count());
    }

    [Fact]
    public void AnotherRangeThanAskedForIsNotWritten()
    {
        var breaks = 1;
        _hub.OnStorage = request =>
            request.From > 0
                ? new Reply(206, _hub.Files["model.safetensors"][10..], ("Content-Range", "bytes 10-299999/300000"))
                : FakeHub.Bytes(request, _hub.Files["model.safetensors"]) with
                {
                    BreakAfter = breaks-- > 0 ? 70_000 : int.MaxValue,
                };
        _hub.Download();
        Assert.Equal([0, 70_000, 0], _hub.StorageRequests.Select(request => request.From));
        Assert.Equal(_hub.Files["model.safetensors"], File.ReadAllBytes(_hub.Blob("model.safetensors")));
    }

    [Fact]
    public void APartialFileLongerThanTheFileStartsAnew()
    {
        Directory.CreateDirectory(Path.Combine(_hub.ModelFolder, "blobs"));
        File.WriteAllBytes(_hub.Blob("model.safetensors") + ".incomplete", new byte[400_000]);
        _hub.Download();
        Assert.Equal(_hub.Files["model.safetensors"], File.ReadAllBytes(_hub.Blob("model.safetensors")));
    }

    [Theory]
    [InlineData(299_999)]
    [InlineData(300_001)]
    public void AWrongLengthIsAnError(int length)
    {
        var content = new byte[length];
        _hub.OnStorage = request => new Reply(200, content);
        Assert.Matches("of the 300000 bytes|than the 300000 bytes", Assert.Throws<CrossEncoderException>(() => _hub.Download()).Message);
        Assert.False(File.Exists(_hub.Blob("model.safetensors")));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public void ABusyHubIsAskedAgainAfterThePauseItNames(int status)
    {
        var busy = 2;
        _hub.OnHub = _ => busy-- > 0 ? new Reply(status, [], ("Retry-After", "0")) : null;
        // Without the header, an hour would be waited for.
        _hub.Options = _hub.Options with { RetryDelay = TimeSpan.FromHours(1), LongestPause = TimeSpan.FromDays(1) };
        _hub.Download();
        Assert.True(busy < 0);
    }

    [Fact]
    public void APauseTooLongToWaitIsAnError()
    {
        _hub.OnHub = _ => new Reply(429, [], ("Retry-After", "86400"));
        Assert.Contains("429", Assert.Throws<CrossEncoderException>(() => _hub.Download()).Message);
        Assert.Single(_hub.HubRequests);
    }

    [Fact]
    public void RedirectsAreFollowedButNotForEver()
    {
        _hub.OnHub = request =>
            request.Path.EndsWith("/revision/main", StringComparison.Ordinal)
                ? new Reply(307, [], ("Location", $"/api/models/org/model/revision/{FakeHub.Commit}"))
                : null;
        _hub.Download();
        _hub.OnHub = request => new Reply(302, [], ("Location", request.Path));
        _hub.Options = _hub.Options with { CacheFolder = _hub.CacheFolder + "2" };
        Assert.Contains("redirects", Assert.Throws<CrossEncoderException>(() => _hub.Download()).Message);
    }

    [Fact]
    public void ASilentHubIsGivenUp()
    {
        _hub.OnStorage = _ => new Reply(200, new byte[1000]) { Claimed = 300_000, Silent = true };
        _hub.Options = _hub.Options with { Timeout = TimeSpan.FromSeconds(1), Attempts = 2 };
        Assert.Contains("silent", Assert.Throws<CrossEncoderException>(() => _hub.Download()).Message);
    }

    [Fact]
    public void CancellingEndsADownload()
    {
        using var cancellation = new CancellationTokenSource();
        _hub.OnStorage = _ =>
        {
            cancellation.CancelAfter(50);
            return new Reply(200, new byte[1000]) { Claimed = 300_000, Silent = true };
        };
        Assert.ThrowsAny<OperationCanceledException>(() =>
            HuggingFaceHub.Download(FakeHub.Id, options: _hub.Options, cancellation: cancellation.Token)
        );
    }

    [Fact]
    public async Task DownloadsAtTheSameTimeShareOneTransfer()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var folders = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => HuggingFaceHub.DownloadAsync(FakeHub.Id, options: _hub.Options, cancellation: cancellation))
        );
        Assert.Single(folders.Distinct());
        Assert.Single(_hub.StorageRequests);
        Assert.Equal(_hub.Files["model.safetensors"], File.ReadAllBytes(Path.Combine(folders[0], "model.safetensors")));
    }

    [Theory]
    [InlineData("\"../../evil\"")]
    [InlineData("\"\"")]
    public void AnEtagThatIsNoFileNameIsRefused(string etag)
    {
        _hub.OnHub = request => request.Method == "HEAD" ? new Reply(200, [1], ("X-Linked-Etag", etag)) : null;
        Assert.Contains("no usable ETag", Assert.Throws<CrossEncoderException>(() => _hub.Download()).Message);
    }

    private static IEnumerable<string> Names(string folder) =>
        Directory
            .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path))
            .Order(StringComparer.Ordinal);

    private sealed class Direct(Action<WorkProgress> report) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => report(value);
    }
}
