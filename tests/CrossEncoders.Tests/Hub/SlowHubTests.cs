using CrossEncoders.Hub;
using CrossEncoders.Modeling;

namespace CrossEncoders.Tests.Hub;

/// <summary>A hub that is silent, far away or asks for a password: bounded, cancellable, and said.</summary>
public sealed class SlowHubTests : IDisposable
{
    private readonly FakeHub _hub = new();
    private readonly CancellationTokenSource _end = new();

    public void Dispose()
    {
        _end.Cancel();
        _hub.Dispose();
        _end.Dispose();
    }

    [Fact]
    public void ASilentHubIsAskedOnceWhereTheModelIsHere()
    {
        var folder = _hub.Download();
        var (asked, said) = (_hub.HubRequests.Count(), new List<WorkProgress>());
        _hub.OnHub = _ => Silence();
        _hub.Options = _hub.Options with { Timeout = TimeSpan.FromMilliseconds(300) };
        _hub.Progress = new Direct(said.Add);
        Assert.Equal(folder, _hub.Download());
        Assert.Equal(asked + 1, _hub.HubRequests.Count());
        Assert.StartsWith("asking http://", said[0].Detail);
        Assert.Contains("was silent for 0.3 s; using the model in the cache", said[^1].Detail);
    }

    [Fact]
    public void AWaitForASilentHubEndsWhenItIsCancelled()
    {
        _hub.OnHub = _ => Silence();
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Pretrained.Open(
                FakeHub.Id,
                "main",
                ModelConfig.Load,
                pairs: true,
                ownLength: true,
                _hub.Options,
                cancellation: cancellation.Token
            )
        );
    }

    [Fact]
    public void LoadingTellsOfItsDownload()
    {
        var (notes, said) = (new List<string>(), new List<WorkProgress>());
        var tries = 0;
        _hub.OnHub = _ => tries++ == 0 ? new Reply(503, []) : null;
        Assert.ThrowsAny<CrossEncoderException>(() => // the hub's model is none
            Pretrained.Open(FakeHub.Id, "main", _ => new(), pairs: true, ownLength: true, _hub.Options, notes.Add)
        );
        Assert.Contains("503", notes[0]);
        _hub.Options = _hub.Options with { CacheFolder = _hub.CacheFolder + "-two" };
        Assert.ThrowsAny<CrossEncoderException>(() =>
            Pretrained.Open(FakeHub.Id, "main", _ => new(), true, true, _hub.Options, progress: new Direct(said.Add))
        );
        var (bytes, files) = (said.Where(each => each.Total > 0).ToList(), new[] { "config.json", "model.safetensors", "tokenizer.json" });
        Assert.Equal(files, bytes.Select(each => each.Detail!).Distinct().Order(StringComparer.Ordinal));
        Assert.All(bytes, each => Assert.InRange(each.Done, 1, each.Total));
        Assert.Equal(bytes[^1].Total, bytes[^1].Done);
    }

    [Fact]
    public void NotesOnADownloadComeNowAndThen()
    {
        var notes = new List<string>();
        var progress = new DownloadNotes(notes.Add, TimeSpan.FromHours(1));
        progress.Report(new("downloading", 0, 0, "asking https://hub for 'a/b'"));
        progress.Report(new("downloading", 0, 0, "the hub was silent for 10 s; trying again in 1 s"));
        progress.Report(new("downloading", 5, 10, "model.safetensors"));
        Assert.Equal(["downloading: the hub was silent for 10 s; trying again in 1 s"], notes);
        new DownloadNotes(notes.Add, TimeSpan.Zero).Report(new("downloading", 12_000_000, 450_000_000, "model.safetensors"));
        Assert.Equal("downloading model.safetensors: 12 of 450 MB", notes[1]);
    }

    [Fact]
    public void OnlyWhatIsReadIsDownloaded()
    {
        string[] read =
        [
            "added_tokens.json",
            "special_tokens_map.json",
            "modules.json",
            "sentence_bert_config.json",
            "config_sentence_transformers.json",
            "1_Pooling/config.json",
            "2_Dense/config.json",
            "2_Dense/model.safetensors",
            "vocab.txt",
        ];
        string[] unread =
        [
            "spiece.model",
            "tokenizer.model",
            "generation_config.json",
            "2_Dense/pytorch_model.bin",
            "tf_model.h5",
            "onnx/config.json",
            "1_Pooling/notes.txt",
            ".gitattributes",
        ];
        foreach (var name in read.Concat(unread))
            _hub.Files[name] = [7];
        var folder = _hub.Download();
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path));
        Assert.Equal(
            read.Concat(["config.json", "tokenizer.json", "model.safetensors"]).Order(StringComparer.Ordinal),
            files.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void APasswordInTheAddressIsSentToTheHubAndShownToNobody()
    {
        var address = _hub.Options.Endpoint.Replace("://", "://reader:s3cret%21@", StringComparison.Ordinal);
        var said = new List<string>();
        _hub.Progress = new Direct(each => said.Add(each.ToString()));
        _hub.Options = _hub.Options with { Endpoint = address, Token = null };
        _hub.Download();
        Assert.Contains(
            "Basic cmVhZGVyOnMzY3JldCE=",
            _hub.HubRequests.Select(request => request.Headers.GetValueOrDefault("Authorization"))
        );
        foreach (var reply in (Reply[])[new(401, []), new(403, []), new(404, []), new(418, []), new(500, []), new(200, "{}"u8.ToArray())])
        {
            _hub.OnHub = _ => reply;
            _hub.Options = _hub.Options with { CacheFolder = _hub.CacheFolder + reply.Status };
            said.Add(Assert.Throws<CrossEncoderException>(() => _hub.Download()).ToString());
        }

        _hub.Options = _hub.Options with { Endpoint = "http://reader:s3cret%21@127.0.0.1:1", Attempts = 1 };
        said.Add(Assert.Throws<CrossEncoderException>(() => _hub.Download()).ToString());
        said.Add(_hub.Options.ToString());
        said.Add(
            Assert
                .Throws<CrossEncoderException>(() => HubOptions.From(name => name == "HF_ENDPOINT" ? "ftp://reader:s3cret%21@x" : null))
                .Message
        );
        Assert.All(said, text => Assert.DoesNotContain("s3cret", text));
    }

    [Theory]
    [InlineData("https://user:pass@hub.example/a?token=1#x", "https://hub.example/a")]
    [InlineData("https://a:b@c@hub.example", "https://hub.example")]
    [InlineData("https://hub.example/@org/file", "https://hub.example/@org/file")]
    [InlineData("mirror", "mirror")]
    public void AddressesAreShownWithoutSecrets(string address, string shown) => Assert.Equal(shown, HubNames.Shown(address));

    private Reply Silence()
    {
        _end.Token.WaitHandle.WaitOne(TimeSpan.FromSeconds(20));
        return new Reply(500, []);
    }

    private sealed class Direct(Action<WorkProgress> report) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => report(value);
    }
}
