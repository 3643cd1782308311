using System.Security.Cryptography;

namespace CrossEncoders.Hub;

/// <summary>A file at the hub.</summary>
/// <param name="Name">Its name in the repository, with slashes.</param>
/// <param name="Url">Where its bytes are.</param>
/// <param name="Etag">The name of its blob: a SHA-256 where the file is a large one.</param>
/// <param name="Size">Its length in bytes; null where the hub does not tell.</param>
internal sealed record HubFile(string Name, string Url, string Etag, long? Size);

/// <summary>Brings one blob into the cache: resumed where it broke off, checked, renamed when complete.</summary>
internal sealed class BlobDownload(HubClient client, HubCache cache, HubFile file)
{
    private readonly string _partial = cache.Blob(file.Etag) + ".incomplete"; // Python resumes from a file of that name too
    private long _farthest;

    /// <summary>Downloads the blob unless it is there.</summary>
    /// <param name="advance">Called with the bytes of the file that are here.</param>
    /// <param name="report">Called with a few words on a wait.</param>
    /// <param name="cancellation">Ends the download; what is here stays for the next time.</param>
    public async Task RunAsync(Action<long> advance, Action<string> report, CancellationToken cancellation)
    {
        var blob = cache.Blob(file.Etag);
        Directory.CreateDirectory(Path.GetDirectoryName(blob)!);
        using var held = await cache.LockAsync(file.Etag, report, cancellation).ConfigureAwait(false);
        if (File.Exists(blob) && (file.Size is null || new FileInfo(blob).Length == file.Size))
            return;
        await client
            .RetryAsync(
                async () =>
                {
                    await TransferAsync(advance, cancellation).ConfigureAwait(false);
                    await CheckAsync(cancellation).ConfigureAwait(false);
                    return true;
                },
                report,
                cancellation
            )
            .ConfigureAwait(false);
        File.Move(_partial, blob, overwrite: true);
    }

    private async Task TransferAsync(Action<long> advance, CancellationToken cancellation)
    {
        await using var output = new FileStream(_partial, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
        if (file.Size is null || output.Length > file.Size)
            output.SetLength(0);
        output.Position = output.Length;
        if (output.Position == file.Size)
            return;

        using var response = await client.SendAsync(HttpMethod.Get, file.Url, output.Position, null, cancellation).ConfigureAwait(false);
        if (!Continues(response, output.Position))
            output.SetLength(0);
        if ((int)response.StatusCode == 416)
            throw new HubFailure($"the hub has less of '{file.Name}' than it said");
        if (response.Content.Headers.ContentRange is { From: > 0 } && output.Length == 0)
            throw new HubFailure($"the hub sent another part of '{file.Name}' than asked for");

        var buffer = new byte[1 << 17];
        await using var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        while (await ReadAsync(body, buffer, output, cancellation).ConfigureAwait(false) is > 0 and var count)
        {
            if (output.Position + count > file.Size)
            {
                output.SetLength(0);
                throw new HubFailure($"the hub sent more of '{file.Name}' than the {file.Size} bytes it promised");
            }

            await output.WriteAsync(buffer.AsMemory(0, count), cancellation).ConfigureAwait(false);
            advance(output.Position);
        }

        if (output.Position < file.Size)
            throw Broken(output.Position, $"the hub sent {output.Position} of the {file.Size} bytes of '{file.Name}'");
        output.Flush(flushToDisk: true);
    }

    private async Task<int> ReadAsync(Stream body, byte[] buffer, FileStream output, CancellationToken cancellation)
    {
        try
        {
            return await client.WatchAsync(limit => body.ReadAsync(buffer, limit).AsTask(), cancellation).ConfigureAwait(false);
        }
        catch (HubFailure failure)
        {
            throw Broken(output.Position, failure.Message, failure.InnerException);
        }
    }

    // Only a position beyond all earlier ones counts: a server that always starts anew and breaks off must not be asked for ever.
    private HubFailure Broken(long position, string message, Exception? inner = null)
    {
        var advanced = position > _farthest;
        _farthest = Math.Max(_farthest, position);
        return new HubFailure(message, inner) { Advanced = advanced };
    }

    private static bool Continues(HttpResponseMessage response, long position) =>
        position > 0 && (int)response.StatusCode == 206 && response.Content.Headers.ContentRange is { From: { } from } && from == position;

    private async Task CheckAsync(CancellationToken cancellation)
    {
        if (!HubNames.IsSha256(file.Etag))
            return; // small files carry a git hash or whatever a mirror uses
        string found;
        await using (var input = new FileStream(_partial, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true))
        {
            found = Convert.ToHexStringLower(await SHA256.HashDataAsync(input, cancellation).ConfigureAwait(false));
        }

        if (found == file.Etag)
            return;
        File.Delete(_partial);
        throw new HubFailure($"'{file.Name}' arrived with the SHA-256 {found} where {file.Etag} was expected");
    }
}
