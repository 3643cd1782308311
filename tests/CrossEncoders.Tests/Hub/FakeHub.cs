using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CrossEncoders.Hub;

namespace CrossEncoders.Tests.Hub;

/// <summary>A hub with one model on loopback, its large files on a second server, as the real hub has them.</summary>
internal sealed class FakeHub : IDisposable
{
    public const string Id = "org/model";
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly LoopbackServer _hub;
    private readonly LoopbackServer _storage;
    private readonly ScratchFolder _folder = new();

    public FakeHub()
    {
        var weights = new byte[300_000];
        new Random(1).NextBytes(weights);
        Files["config.json"] = "{}"u8.ToArray();
        Files["tokenizer.json"] = "{ }"u8.ToArray();
        Files["model.safetensors"] = weights;
        Files["pytorch_model.bin"] = [1];
        Files["onnx/model.onnx"] = [2];
        Files["README.md"] = [3];
        _hub = new LoopbackServer(request => OnHub?.Invoke(request) ?? Answer(request));
        _storage = new LoopbackServer(request => OnStorage?.Invoke(request) ?? Bytes(request, Files[request.Path[1..]]));
        Options = new HubOptions
        {
            Endpoint = _hub.Address,
            CacheFolder = _folder["hub"],
            RetryDelay = TimeSpan.FromMilliseconds(1),
            Token = "secret",
        };
    }

    public SortedDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether what it has is a data set and not a model.</summary>
    public bool IsDataset { get; set; }

    public HubOptions Options { get; set; }

    public IProgress<WorkProgress>? Progress { get; set; }

    /// <summary>What the hub answers instead; null for the honest answer.</summary>
    public Func<Request, Reply?>? OnHub { get; set; }

    /// <summary>What the server of the large files answers instead.</summary>
    public Func<Request, Reply?>? OnStorage { get; set; }

    public IEnumerable<Request> HubRequests => _hub.Requests;

    public IEnumerable<Request> StorageRequests => _storage.Requests;

    public string CacheFolder => _folder["hub"];

    public string ModelFolder => Path.Combine(CacheFolder, "models--org--model");

    public string Blob(string file) => Path.Combine(ModelFolder, "blobs", Sha256(Files[file]));

    public string Download(string revision = "main", params string[] files) =>
        HuggingFaceHub.Download(Id, revision, files.Length == 0 ? null : files, Options, Progress);

    public string Resolve(string idOrPath) => HuggingFaceHub.Resolve(idOrPath, options: Options);

    public static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>The honest answer to a request for bytes, ranges included.</summary>
    public static Reply Bytes(Request request, byte[] content, params (string, string)[] headers) =>
        request.From switch
        {
            0 => new Reply(200, content, headers),
            var from when from >= content.Length => new Reply(416, [], headers),
            var from => new Reply(
                206,
                content[(int)from..],
                [.. headers, ("Content-Range", $"bytes {from}-{content.Length - 1}/{content.Length}")]
            ),
        };

    public void Dispose()
    {
        _hub.Dispose();
        _storage.Dispose();
        _folder.Dispose();
    }

    private Reply Answer(Request request)
    {
        if (request.Path.StartsWith($"/api/{(IsDataset ? "datasets" : "models")}/{Id}/revision/", StringComparison.Ordinal))
        {
            if (request.Path.Split('/')[^1] is not ("main" or Commit or "refs%2Fpr%2F1"))
                return new Reply(404, [], ("X-Error-Code", "RevisionNotFound"));
            var listing = new { sha = Commit, siblings = Files.Keys.Select(name => new { rfilename = name }) };
            return new Reply(200, Encoding.UTF8.GetBytes(JsonSerializer.Serialize(listing)));
        }

        var prefix = $"/{(IsDataset ? "datasets/" : "")}{Id}/resolve/{Commit}/";
        if (!request.Path.StartsWith(prefix, StringComparison.Ordinal))
            return new Reply(401, [], ("X-Error-Code", "RepoNotFound"));
        var file = request.Path[prefix.Length..];
        if (!Files.TryGetValue(file, out var content))
            return new Reply(404, [], ("X-Error-Code", "EntryNotFound"));
        if (content.Length < 1000)
            return Bytes(request, content, ("ETag", $"\"{Convert.ToHexStringLower(SHA1.HashData(content))}\""));
        return new Reply(
            302,
            [],
            ("Location", $"{_storage.Address}/{file}"),
            ("X-Linked-Etag", $"\"{Sha256(content)}\""),
            ("X-Linked-Size", $"{content.Length}")
        );
    }
}
