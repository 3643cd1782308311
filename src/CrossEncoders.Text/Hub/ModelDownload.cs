using CrossEncoders.Files;

namespace CrossEncoders.Hub;

/// <summary>
/// Downloads the parts of a model that are not in the cache yet: its list of files, then the files, configuration first and weights last.
/// </summary>
internal sealed class ModelDownload(HubOptions options, HubCache cache, string id, string revision, IProgress<WorkProgress>? progress)
{
    /// <summary>How long an answer without a file may take, as in huggingface_hub (HF_HUB_ETAG_TIMEOUT).</summary>
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(10);

    /// <summary>Downloads, and returns the folder of the commit.</summary>
    /// <param name="choice">Chooses the files: configuration first, weights last.</param>
    /// <param name="judge">Called with that folder when config.json is in it, and again when all but the weights is; its error ends the
    /// download.</param>
    /// <param name="cancellation">Ends the download; what has arrived stays for the next.</param>
    /// <exception cref="HubFailure">The hub cannot be reached, or breaks off again and again.</exception>
    /// <exception cref="CrossEncoderException">The model is not as expected, or is refused.</exception>
    public async Task<string> RunAsync(FileChoice choice, Action<string> judge, CancellationToken cancellation)
    {
        // A hub that does not answer is not worth a wait where the model is here already.
        var isHere = cache.FindComplete(revision, choice) is not null;
        var asking = options with
        {
            Timeout = options.Timeout < Answer ? options.Timeout : Answer,
            Attempts = isHere ? 1 : options.Attempts,
        };
        var repository = new HubRepository(new HubClient(asking, id, revision), asking, id, revision);
        Say($"asking {HubNames.Shown(options.Endpoint)} for '{id}'");
        var (commit, all) = await repository.ListAsync(Say, cancellation).ConfigureAwait(false);
        var (names, missing) = choice(all);
        if (missing is not null)
            throw new CrossEncoderException($"The model '{id}' has {missing} at revision '{revision}'. It has {Excerpt.List(all, 20)}.");

        var wanted = new List<HubFile>();
        foreach (var name in names.Where(name => !cache.Has(commit, name)))
            wanted.Add(await repository.DescribeAsync(commit, name, Say, cancellation).ConfigureAwait(false));
        await FetchAsync(wanted, commit, judge, cancellation).ConfigureAwait(false);
        cache.WriteRef(revision, commit);
        return cache.Snapshot(commit);
    }

    private async Task FetchAsync(List<HubFile> wanted, string commit, Action<string> judge, CancellationToken cancellation)
    {
        var client = new HubClient(options, id, revision);
        var total = wanted.Sum(file => file.Size ?? 0);
        var before = 0L;
        var (judged, judgedWhole) = (false, false);
        foreach (var file in wanted) // config.json, where it is wanted, comes first of a model's files, and its weights last
        {
            if (!judged && file.Name is not (ModelFiles.Config or ModelFiles.AdapterConfig))
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
    }

    private void Say(string text) => progress?.Report(new WorkProgress("downloading", 0, 0, text));
}
