using System.Text;
using CrossEncoders.Files;

namespace CrossEncoders.Hub;

/// <summary>One model's part of the cache on disk, laid out as Python's huggingface_hub does.</summary>
/// <remarks>
/// <c>models--org--name/refs/main</c> holds a commit, <c>snapshots/commit/file</c> links to <c>blobs/etag</c>, and
/// <c>.locks/models--org--name/etag.lock</c> is held while a blob is written. See https://huggingface.co/docs/hub/local-cache.
/// </remarks>
internal sealed class HubCache(string cacheFolder, string id)
{
    private readonly string _name =
        (id.StartsWith(HubNames.Datasets, StringComparison.Ordinal) ? "" : "models--") + id.Replace("/", "--", StringComparison.Ordinal);

    /// <summary>The model's folder.</summary>
    public string Root => Path.Combine(cacheFolder, _name);

    /// <summary>The path of a blob.</summary>
    public string Blob(string etag) => Path.Combine(Root, "blobs", etag);

    /// <summary>The folder of a commit.</summary>
    public string Snapshot(string commit) => Path.Combine(Root, "snapshots", commit);

    /// <summary>Where a file of a commit is or will be.</summary>
    public string Pointer(string commit, string file) => Path.Combine([Snapshot(commit), .. file.Split('/')]);

    /// <summary>Whether a file of a commit is there, and its blob with it.</summary>
    public bool Has(string commit, string file) => Exists(Pointer(commit, file));

    /// <summary>The folder of a revision if every wanted file is in it, else null.</summary>
    public string? FindComplete(string revision, FileChoice choice)
    {
        var commit = HubNames.IsCommit(revision) ? revision : ReadRef(revision);
        if (commit is null || Snapshot(commit) is var folder && !Directory.Exists(folder))
            return null;
        var files = Directory
            .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(Exists)
            .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'))
            .ToHashSet(StringComparer.Ordinal);
        return choice(files).Missing is null ? folder : null;
    }

    /// <summary>Notes the commit of a revision.</summary>
    public void WriteRef(string revision, string commit)
    {
        if (revision == commit || ReadRef(revision) == commit)
            return;
        AtomicFile.Replace(Ref(revision), stream => stream.Write(Encoding.ASCII.GetBytes(commit)));
    }

    /// <summary>Makes a file of a commit out of a blob: a relative link where the disk has links, else a copy.</summary>
    public void Link(string commit, string file, string etag)
    {
        var path = Pointer(commit, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = AtomicFile.Temporary(path);
        try
        {
            File.CreateSymbolicLink(temporary, Path.GetRelativePath(Path.GetDirectoryName(path)!, Blob(etag)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            File.Copy(Blob(etag), temporary, overwrite: true); // Windows without developer mode, and some network disks
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Waits until no other process writes a blob, and keeps others from it until disposed.</summary>
    public Task<FileLock> LockAsync(string etag, Action<string> report, CancellationToken cancellation) =>
        FileLock.TakeAsync(
            Path.Combine(cacheFolder, ".locks", _name, etag + ".lock"),
            () => report("another process is downloading it; waiting"),
            cancellation
        );

    // File.Exists is true for a link that leads nowhere.
    private static bool Exists(string path) => File.Exists(path) && (File.ResolveLinkTarget(path, returnFinalTarget: true)?.Exists ?? true);

    private string Ref(string revision) => Path.Combine([Root, "refs", .. revision.Split('/')]);

    private string? ReadRef(string revision) =>
        File.Exists(Ref(revision)) && File.ReadAllText(Ref(revision)).Trim() is var commit && HubNames.IsCommit(commit) ? commit : null;
}
