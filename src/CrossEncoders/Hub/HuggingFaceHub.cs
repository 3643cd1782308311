using System.Text.Json;
using CrossEncoders.Files;

namespace CrossEncoders.Hub;

/// <summary>Finds models: a folder, or a repository of the Hugging Face hub, downloaded into the cache that Python uses too.</summary>
public static class HuggingFaceHub
{
    /// <summary>The folder of a model: an existing one as it is, else that of a hub id after a download.</summary>
    /// <param name="idOrPath">A folder, or an id such as "BAAI/bge-reranker-base".</param>
    /// <param name="revision">A branch, tag or commit of the repository.</param>
    /// <param name="options">Null for <see cref="HubOptions.FromEnvironment"/>.</param>
    /// <param name="progress">Told of the bytes that are here.</param>
    /// <param name="cancellation">Ends the download; the next one resumes it.</param>
    /// <exception cref="CrossEncoderException">There is no such folder or model, or it cannot be fetched.</exception>
    public static string Resolve(
        string idOrPath,
        string revision = "main",
        HubOptions? options = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    ) => Resolve(idOrPath, _ => { }, revision, options, progress, cancellation);

    /// <summary>The same, where a model may be refused for its config.json before its weights are fetched.</summary>
    /// <param name="idOrPath">A folder, or an id such as "BAAI/bge-reranker-base".</param>
    /// <param name="judge">Called, before weights are fetched, with the folder that config.json then lies in; its error ends the download.</param>
    /// <param name="revision">A branch, tag or commit of the repository.</param>
    /// <param name="options">Null for <see cref="HubOptions.FromEnvironment"/>.</param>
    /// <param name="progress">Told of the bytes that are here.</param>
    /// <param name="cancellation">Ends the download; the next one resumes it.</param>
    internal static string Resolve(
        string idOrPath,
        Action<string> judge,
        string revision,
        HubOptions? options,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        if (Directory.Exists(idOrPath))
        {
            AtomicFolder.Recover(idOrPath);
            return idOrPath;
        }

        if (File.Exists(idOrPath))
            throw new CrossEncoderException($"'{idOrPath}' is a file; the folder of a model was expected.");
        if (!HubNames.IsId(idOrPath) || idOrPath.StartsWith('.') || Path.IsPathRooted(idOrPath))
        {
            throw new CrossEncoderException(
                $"There is no folder '{idOrPath}' (looked for at "
                    + $"'{Path.GetFullPath(idOrPath is "" ? "." : idOrPath.Replace("\0", ""))}'), and it is not a hub id "
                    + "such as 'BAAI/bge-reranker-base'. Check the path."
            );
        }

        return Task.Run(() => DownloadJudgedAsync(idOrPath, revision, null, judge, options, progress, cancellation), cancellation)
            .GetAwaiter()
            .GetResult();
    }

    /// <summary>
    /// Downloads a model, or the given files of it, and returns the folder of its commit. See <see cref="DownloadAsync"/>.
    /// </summary>
    public static string Download(
        string id,
        string revision = "main",
        IReadOnlyList<string>? files = null,
        HubOptions? options = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    ) => Task.Run(() => DownloadAsync(id, revision, files, options, progress, cancellation), cancellation).GetAwaiter().GetResult();

    /// <summary>Downloads what of a repository is not in the cache yet. Safe to run in several processes at once.</summary>
    /// <param name="id">For example "BAAI/bge-reranker-base".</param>
    /// <param name="revision">A branch, tag or commit.</param>
    /// <param name="files">Names, with * and ? for any characters; null for configuration, tokenizer and one form of the weights.</param>
    /// <param name="options">Null for <see cref="HubOptions.FromEnvironment"/>.</param>
    /// <param name="progress">Told of the bytes that are here.</param>
    /// <param name="cancellation">Ends the download; the next one resumes it.</param>
    /// <returns>The folder of the commit. Where the hub cannot be reached, that of the commit last downloaded, if it is complete.</returns>
    /// <exception cref="CrossEncoderException">
    /// The model does not exist, access is refused, or it cannot be fetched; the message says what to do.
    /// </exception>
    public static Task<string> DownloadAsync(
        string id,
        string revision = "main",
        IReadOnlyList<string>? files = null,
        HubOptions? options = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    ) => DownloadJudgedAsync(id, revision, files, _ => { }, options, progress, cancellation);

    private static async Task<string> DownloadJudgedAsync(
        string id,
        string revision,
        IReadOnlyList<string>? files,
        Action<string> judge,
        HubOptions? options,
        IProgress<WorkProgress>? progress,
        CancellationToken cancellation
    )
    {
        options ??= HubOptions.FromEnvironment();
        if (!HubNames.IsId(id))
            throw new CrossEncoderException($"'{id}' is not a hub id such as 'BAAI/bge-reranker-base'.");
        if (!HubNames.IsRelative(revision))
            throw new CrossEncoderException($"'{revision}' is not a branch, tag or commit.");
        var cache = new HubCache(options.CacheFolder, id);
        try
        {
            if (options.Offline)
            {
                return cache.FindComplete(revision, files)
                    ?? throw new CrossEncoderException(
                        $"HF_HUB_OFFLINE is set, and the cache '{options.CacheFolder}' does not hold all of '{id}' at revision '{revision}'. "
                            + "Unset it to download the model, or pass the path of a folder with it."
                    );
            }

            var client = new HubClient(options, id, revision);
            return await FetchAsync(client, cache, options, id, revision, files, judge, progress, cancellation).ConfigureAwait(false);
        }
        catch (HubFailure failure)
        {
            if (cache.FindComplete(revision, files) is { } folder)
            {
                progress?.Report(new WorkProgress("downloading", 0, 0, $"{failure.Message}; using the model in the cache"));
                return folder;
            }

            throw new CrossEncoderException(
                $"'{id}' is not a folder here and could not be downloaded: {failure.Message}. Check the network and proxy "
                    + "(HTTPS_PROXY), try again (what has arrived is kept), "
                    + "set HF_ENDPOINT to a mirror, or copy the model's folder here and pass its path.",
                failure
            );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CrossEncoderException(
                $"'{id}' could not be stored in '{options.CacheFolder}': {error.Message}. Free some space, or set HF_HUB_CACHE to "
                    + "another folder.",
                error
            );
        }
    }

    private static async Task<string> FetchAsync(
        HubClient client,
        HubCache cache,
        HubOptions options,
        string id,
        string revision,
        IReadOnlyList<string>? patterns,
        Action<string> judge,
        IProgress<WorkProgress>? progress,
        CancellationToken cancellation
    )
    {
        var listing = $"{options.Endpoint}/api/models/{id}/revision/{Uri.EscapeDataString(revision)}";
        var (commit, all) = await client
            .RetryAsync(() => ListAsync(client, listing, cancellation), Say, cancellation)
            .ConfigureAwait(false);
        var (names, missing) = ModelFiles.Select(all, patterns);
        if (missing is not null)
            throw new CrossEncoderException(
                $"The model '{id}' has {missing} at revision '{revision}'. It has "
                    + $"{string.Join(", ", all.Take(20))}{(all.Count > 20 ? ", …" : "")}."
            );

        var wanted = new List<HubFile>();
        foreach (var name in names.Where(name => !cache.Has(commit, name)))
        {
            var url = $"{options.Endpoint}/{id}/resolve/{commit}/{string.Join('/', name.Split('/').Select(Uri.EscapeDataString))}";
            var file = await client
                .RetryAsync(() => DescribeAsync(client, name, url, cancellation), Say, cancellation)
                .ConfigureAwait(false);
            wanted.Add(file);
        }

        var total = wanted.Sum(file => file.Size ?? 0);
        var before = 0L;
        var (judged, judgedWhole) = (false, false);
        foreach (var file in wanted) // config.json, where it is wanted, comes first of a model's files, and its weights last
        {
            if (!judged && file.Name != "config.json")
            {
                judge(cache.Snapshot(commit));
                judged = true;
            }

            if (!judgedWhole && ModelFiles.IsWeights(file.Name))
            {
                judge(cache.Snapshot(commit)); // now by modules.json and the like, too
                judgedWhole = true;
            }

            await new BlobDownload(client, cache, file)
                .RunAsync(
                    here => progress?.Report(new WorkProgress("downloading", before + here, total, file.Name)),
                    text => progress?.Report(new WorkProgress("downloading", before, total, $"{file.Name}: {text}")),
                    cancellation
                )
                .ConfigureAwait(false);
            cache.Link(commit, file.Name, file.Etag);
            before += file.Size ?? 0;
        }

        cache.WriteRef(revision, commit);
        return cache.Snapshot(commit);

        void Say(string text) => progress?.Report(new WorkProgress("downloading", 0, 0, text));
    }

    private static async Task<(string Commit, List<string> Files)> ListAsync(HubClient client, string url, CancellationToken cancellation)
    {
        using var response = await client.SendAsync(HttpMethod.Get, url, 0, null, cancellation).ConfigureAwait(false);
        try
        {
            using var json = await client
                .WatchAsync(
                    async limit =>
                    {
                        await using var body = await response.Content.ReadAsStreamAsync(limit).ConfigureAwait(false);
                        return await JsonDocument.ParseAsync(body, cancellationToken: limit).ConfigureAwait(false);
                    },
                    cancellation
                )
                .ConfigureAwait(false);
            var commit = json.RootElement.GetProperty("sha").GetString() ?? "";
            var files = json
                .RootElement.GetProperty("siblings")
                .EnumerateArray()
                .Select(each => each.GetProperty("rfilename").GetString() ?? "")
                .ToList();
            if (!HubNames.IsCommit(commit))
                throw new CrossEncoderException($"{url} names the commit '{commit}'; 40 hexadecimal digits were expected.");
            return (commit, [.. files.Where(HubNames.IsRelative)]); // a name that leads out of the folder is never fetched
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new CrossEncoderException(
                $"{url} did not answer as the hub does ({error.Message}). A proxy's page may be in between, or HF_ENDPOINT is not a "
                    + "hub.",
                error
            );
        }
    }

    private static async Task<HubFile> DescribeAsync(HubClient client, string name, string url, CancellationToken cancellation)
    {
        // A large file lies on another host; the hub's redirect to it carries its hash and size.
        using var response = await client
            .SendAsync(HttpMethod.Head, url, 0, redirect => Etag(redirect) is not null, cancellation)
            .ConfigureAwait(false);
        if (Etag(response) is not { } etag || !HubNames.IsEtag(etag))
            throw new CrossEncoderException(
                $"{url} has no usable ETag ('{Etag(response)}'). HF_ENDPOINT may not be a hub, or a proxy removes headers."
            );
        long? size = response.IsSuccessStatusCode ? response.Content.Headers.ContentLength : null;
        if (Header(response, "X-Linked-Size") is { } linked && long.TryParse(linked, out var length))
            size = length;
        return new HubFile(name, url, etag, size);
    }

    private static string? Etag(HttpResponseMessage response)
    {
        var etag = Header(response, "X-Linked-Etag") ?? Header(response, "ETag");
        return etag is not null && etag.StartsWith("W/", StringComparison.Ordinal) ? etag[2..].Trim('"') : etag?.Trim('"');
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
