using System.Text.Json;

namespace CrossEncoders.Hub;

/// <summary>What the hub tells about a model's repository.</summary>
internal sealed class HubRepository(HubClient client, HubOptions options, string id, string revision)
{
    /// <summary>The commit of the revision and the names of its files.</summary>
    public Task<(string Commit, List<string> Files)> ListAsync(Action<string> report, CancellationToken cancellation) =>
        client.RetryAsync(() => ListAsync(cancellation), report, cancellation);

    /// <summary>Where a file's bytes are, how many, and what their blob is called.</summary>
    public Task<HubFile> DescribeAsync(string commit, string name, Action<string> report, CancellationToken cancellation)
    {
        var url = $"{options.Endpoint}/{id}/resolve/{commit}/{string.Join('/', name.Split('/').Select(Uri.EscapeDataString))}";
        return client.RetryAsync(() => DescribeAsync(name, url, cancellation), report, cancellation);
    }

    private async Task<(string Commit, List<string> Files)> ListAsync(CancellationToken cancellation)
    {
        var kind = id.StartsWith(HubNames.Datasets, StringComparison.Ordinal) ? "" : "models/";
        var url = $"{options.Endpoint}/api/{kind}{id}/revision/{Uri.EscapeDataString(revision)}";
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
                throw new CrossEncoderException(
                    $"{HubNames.Shown(url)} names the commit '{Excerpt.Of(commit, 100)}'; 40 hexadecimal digits were expected."
                );
            return (commit, [.. files.Where(HubNames.IsRelative)]); // a name that leads out of the folder is never fetched
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new CrossEncoderException(
                $"{HubNames.Shown(url)} did not answer as the hub does ({error.Message}). A proxy's page may be in between, or "
                    + $"HF_ENDPOINT is not a "
                    + "hub.",
                error
            );
        }
    }

    private async Task<HubFile> DescribeAsync(string name, string url, CancellationToken cancellation)
    {
        // A large file lies on another host; the hub's redirect to it carries its hash and size.
        using var response = await client
            .SendAsync(HttpMethod.Head, url, 0, redirect => Etag(redirect) is not null, cancellation)
            .ConfigureAwait(false);
        if (Etag(response) is not { } etag || !HubNames.IsEtag(etag))
            throw new CrossEncoderException(
                $"{HubNames.Shown(url)} has no usable ETag ('{Excerpt.Of(Etag(response) ?? "", 100)}'). HF_ENDPOINT may not be a "
                    + $"hub, or a proxy removes headers."
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
