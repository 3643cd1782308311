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
    ) => Resolve(idOrPath, _ => { }, revision, options, progress, null, cancellation);

    /// <summary>The same, where a model may be refused for its config.json before its weights are fetched.</summary>
    /// <param name="idOrPath">A folder, or an id such as "BAAI/bge-reranker-base".</param>
    /// <param name="judge">Called, before weights are fetched, with the folder that config.json then lies in; its error ends the
    /// download.</param>
    /// <param name="revision">A branch, tag or commit of the repository.</param>
    /// <param name="options">Null for <see cref="HubOptions.FromEnvironment"/>.</param>
    /// <param name="progress">Told of the bytes that are here.</param>
    /// <param name="choice">Chooses the files; null for configuration, tokenizer and one form of the weights.</param>
    /// <param name="cancellation">Ends the download; the next one resumes it.</param>
    internal static string Resolve(
        string idOrPath,
        Action<string> judge,
        string revision,
        HubOptions? options,
        IProgress<WorkProgress>? progress = null,
        FileChoice? choice = null,
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
                $"There is no folder '{Excerpt.Of(idOrPath, 200)}' (looked for at "
                    + $"'{Excerpt.Of(Path.GetFullPath(idOrPath is "" ? "." : idOrPath.Replace("\0", "")), 300)}'), and it is not a hub id "
                    + "such as 'BAAI/bge-reranker-base'. Check the path."
            );
        }

        choice ??= Choice(null);
        return Task.Run(() => DownloadJudgedAsync(idOrPath, revision, choice, judge, options, progress, cancellation), cancellation)
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

    /// <summary>Downloads the files of a repository that are not in the cache yet. Safe to run in several processes at once.</summary>
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
    ) => DownloadJudgedAsync(id, revision, Choice(files), _ => { }, options, progress, cancellation);

    /// <summary>Downloads files of a data set that are not in the cache yet, and returns the folder of its commit.</summary>
    /// <param name="id">For example "sentence-transformers/NanoBEIR-en".</param>
    /// <param name="files">Names, with * and ? for any characters.</param>
    /// <param name="revision">A branch, tag or commit.</param>
    /// <param name="options">Null for <see cref="HubOptions.FromEnvironment"/>.</param>
    /// <param name="progress">Told of the bytes that are here.</param>
    /// <param name="cancellation">Ends the download; the next one resumes it.</param>
    /// <exception cref="CrossEncoderException">
    /// The data set does not exist, access is refused, or it cannot be fetched; the message says what to do.
    /// </exception>
    public static string DownloadDataset(
        string id,
        IReadOnlyList<string> files,
        string revision = "main",
        HubOptions? options = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    ) =>
        Task.Run(
                () => DownloadJudgedAsync(HubNames.Datasets + id, revision, Choice(files), _ => { }, options, progress, cancellation),
                cancellation
            )
            .GetAwaiter()
            .GetResult();

    private static FileChoice Choice(IReadOnlyList<string>? patterns) => all => ModelFiles.Select(all, patterns);

    private static async Task<string> DownloadJudgedAsync(
        string id,
        string revision,
        FileChoice choice,
        Action<string> judge,
        HubOptions? options,
        IProgress<WorkProgress>? progress,
        CancellationToken cancellation
    )
    {
        options ??= HubOptions.FromEnvironment();
        if (!HubNames.IsId(id.StartsWith(HubNames.Datasets, StringComparison.Ordinal) ? id[HubNames.Datasets.Length..] : id))
            throw new CrossEncoderException($"'{Excerpt.Of(id, 200)}' is not a hub id such as 'BAAI/bge-reranker-base'.");
        if (!HubNames.IsRelative(revision))
            throw new CrossEncoderException($"'{Excerpt.Of(revision, 200)}' is not a branch, tag or commit.");
        var cache = new HubCache(options.CacheFolder, id);
        try
        {
            if (options.Offline)
            {
                return cache.FindComplete(revision, choice)
                    ?? throw new CrossEncoderException(
                        $"HF_HUB_OFFLINE is set, and the cache '{options.CacheFolder}' does not hold all of '{id}' at revision "
                            + $"'{revision}'. "
                            + "Unset it to download the model, or pass the path of a folder with it."
                    );
            }

            var download = new ModelDownload(options, cache, id, revision, progress);
            return await download.RunAsync(choice, judge, cancellation).ConfigureAwait(false);
        }
        catch (HubFailure failure)
        {
            if (cache.FindComplete(revision, choice) is { } folder)
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
        catch (Exception error) when (DiskErrors.Is(error))
        {
            throw new CrossEncoderException(
                $"'{id}' could not be stored in '{options.CacheFolder}': {error.Message} {DiskErrors.Remedy(error)} HF_HUB_CACHE names "
                    + "another folder.",
                error
            );
        }
    }
}
