using CrossEncoders.Modeling;

namespace CrossEncoders.Tests.Hub;

/// <summary>What is not downloaded, and why.</summary>
public sealed partial class DownloadTests
{
    [Fact]
    public void NamesThatLeadOutOfTheFolderAreNeverWritten()
    {
        _hub.Files["../../../../evil.json"] = [1];
        _hub.Files["/tmp/evil.json"] = [1];
        var folder = _hub.Download("main", "*.json");
        Assert.Equal(["config.json", "tokenizer.json"], Names(folder));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AModelThatCannotBeUsedIsRefusedBeforeItsWeightsAreFetched(bool cached)
    {
        _hub.Files["config.json"] = """{"model_type": "mamba"}"""u8.ToArray();
        if (cached)
            _hub.Download("main", "config.json");
        var error = Assert.Throws<CrossEncoderException>(() =>
            Pretrained.Open(FakeHub.Id, "main", ModelConfig.Load, pairs: true, ownLength: false, _hub.Options)
        );
        Assert.Contains("'mamba' is not supported", error.Message);
        Assert.Empty(_hub.StorageRequests);
    }

    [Fact]
    public void AWrongHashIsAnErrorAndLeavesNothing()
    {
        _hub.OnStorage = _ => new Reply(200, new byte[300_000]);
        var error = Assert.Throws<CrossEncoderException>(() => _hub.Download());
        Assert.Contains(FakeHub.Sha256(new byte[300_000]), error.Message);
        Assert.Contains(FakeHub.Sha256(_hub.Files["model.safetensors"]), error.Message);
        Assert.False(File.Exists(_hub.Blob("model.safetensors")));
        Assert.False(File.Exists(_hub.Blob("model.safetensors") + ".incomplete"));
    }

    [Fact]
    public void ProgressEndsWithAllBytes()
    {
        var reports = new List<WorkProgress>();
        _hub.Progress = new Direct(reports.Add);
        _hub.Download();
        Assert.Equal(300_005, reports[^1].Total);
        Assert.Equal(300_005, reports[^1].Done);
    }

    [Fact]
    public void RubbishInAPartialFileIsFoundByItsHashAndReplaced()
    {
        Directory.CreateDirectory(Path.Combine(_hub.ModelFolder, "blobs"));
        File.WriteAllBytes(_hub.Blob("model.safetensors") + ".incomplete", new byte[1000]);
        _hub.Download();
        Assert.Equal([1000, 0], _hub.StorageRequests.Select(request => request.From));
        Assert.Equal(_hub.Files["model.safetensors"], File.ReadAllBytes(_hub.Blob("model.safetensors")));
    }
}
