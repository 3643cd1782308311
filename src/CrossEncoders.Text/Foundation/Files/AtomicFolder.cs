namespace CrossEncoders.Files;

/// <summary>
/// A model's folder, in which the model appears whole or not at all, whenever the process is killed. Files of others stay as they are.
/// </summary>
/// <remarks>
/// Into a folder that exists, a model is written under the hidden name <c>.saving~…</c>; one rename to <c>.saved~…</c> decides that it is
/// the new one. Then the files of the old model go, which a second rename (to <c>.placing~…</c>) notes, and those of the new one move to
/// their places, <c>config.json</c> last: a reader meets the old model, the new one, or none. What a kill leaves undone is done at the
/// next save or load. So neither the folder nor anything of others in it is ever moved.
/// </remarks>
internal sealed class AtomicFolder
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _target;
    private readonly FolderSteps _steps;

    private AtomicFolder(string target, FolderSteps? steps) => (_target, _steps) = (target, steps ?? new());

    /// <summary>
    /// Lets <paramref name="write"/> fill a folder, whose files then take the place of the model's in the target; those of an adapter
    /// alone (without a <c>config.json</c>) only the place of another adapter.
    /// </summary>
    /// <param name="folder">The target; made where it is missing, and followed where it is a link.</param>
    /// <param name="write">Fills the folder it is given.</param>
    /// <param name="steps">Makes the changes on the disk; null to make them and nothing else.</param>
    /// <exception cref="CrossEncoderException">The folder is the current one, or cannot be written; what was there before still
    /// is.</exception>
    public static void Write(string folder, Action<string> write, FolderSteps? steps = null)
    {
        var target = Path.GetFullPath(Path.TrimEndingDirectorySeparator(folder));
        RefuseCurrent(target);
        try
        {
            if (new DirectoryInfo(target) is { LinkTarget: not null } link)
                target = link.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
            new AtomicFolder(target, steps).Write(write);
        }
        catch (Exception error) when (DiskErrors.Is(error))
        {
            throw new CrossEncoderException($"{target} could not be written: {error.Message} {DiskErrors.Remedy(error)}", error);
        }
    }

    /// <summary>
    /// Does what a killed save left undone in a folder, so that its model is whole; does nothing where nothing was left.
    /// </summary>
    /// <exception cref="CrossEncoderException">Something was left, but the folder cannot be written, or another process is still saving to
    /// it.</exception>
    public static void Recover(string folder, FolderSteps? steps = null)
    {
        var target = Path.GetFullPath(folder);
        if (!FolderSteps.IsDecided(target))
            return;
        try
        {
            using var held = Lock(target);
            new AtomicFolder(target, steps).Finish();
        }
        catch (Exception error) when (DiskErrors.Is(error))
        {
            throw new CrossEncoderException(
                $"A save to {target} was interrupted and cannot be finished: {error.Message} Make the folder writable and try again.",
                error
            );
        }
    }

    private void Write(Action<string> write)
    {
        var exists = Directory.Exists(_target);
        var place = exists ? _target : Path.GetDirectoryName(_target)!;
        if (!exists)
            Directory.CreateDirectory(place);
        using var held = Lock(place, exists ? "" : Path.GetFileName(_target));
        if (exists)
            Finish();
        else if (Directory.Exists(_target))
            throw new IOException("another process made it at the same time.");
        var start = (exists ? "" : $".{Path.GetFileName(_target)}") + FolderSteps.Saving;
        foreach (var rest in FolderSteps.Leftovers(place, start))
            _steps.Delete(rest);
        var number = Guid.NewGuid().ToString("N")[..12];
        var building = Path.Combine(place, start + number);
        try
        {
            _steps.Create(building);
            write(building);
            if (exists)
            {
                SetForeignCardAside(building);
                RefuseWhatIsInTheWay(building);
            }

            FolderSteps.FlushFiles(building);
            if (!exists)
            {
                _steps.Move(building, _target);
                return;
            }

            _steps.Move(building, In(FolderSteps.Saved + number));
        }
        catch
        {
            if (Directory.Exists(building))
                _steps.Delete(building);
            throw;
        }

        try
        {
            Finish();
        }
        catch (Exception error) when (DiskErrors.Is(error))
        {
            throw new CrossEncoderException(
                $"The new model lies complete in {_target}, but the old one could not make way: {error.Message} {DiskErrors.Remedy(error)} "
                    + "Loading it, or saving again, then finishes the work.",
                error
            );
        }
    }

    /// <summary>A README.md of a folder that held no model is somebody's own and stays; the card then gets another name.</summary>
    private void SetForeignCardAside(string building)
    {
        var card = Path.Combine(building, ModelFiles.Card);
        var isForeign = !File.Exists(In(ModelFiles.Config)) || File.Exists(In(ModelFiles.CardAside));
        if (File.Exists(card) && File.Exists(In(ModelFiles.Card)) && isForeign)
            _steps.Move(card, Path.Combine(building, ModelFiles.CardAside));
    }

    /// <summary>A folder where a file of the model belongs, or the reverse, is found before anything is decided.</summary>
    private void RefuseWhatIsInTheWay(string building)
    {
        foreach (var name in FolderSteps.Files(building))
        {
            if (Directory.Exists(In(name)))
                throw new IOException($"a folder is in the place of its file '{name}'.");
            if (Path.GetDirectoryName(name) is { Length: > 0 } part && File.Exists(In(part)))
                throw new IOException($"a file is in the place of its folder '{part}'.");
        }
    }

    private void Finish()
    {
        foreach (var rest in FolderSteps.Leftovers(_target, FolderSteps.Saving))
            _steps.Delete(rest);
        foreach (var saved in FolderSteps.Leftovers(_target, FolderSteps.Saved))
        {
            RemoveOld(saved);
            _steps.Move(saved, In(FolderSteps.Placing + Path.GetFileName(saved)[FolderSteps.Saved.Length..]));
        }

        foreach (var placing in FolderSteps.Leftovers(_target, FolderSteps.Placing))
        {
            foreach (var name in FolderSteps.Files(placing).OrderBy(name => name == ModelFiles.Config))
                _steps.Move(Path.Combine(placing, name), In(name));
            _steps.Delete(placing);
        }
    }

    /// <summary>Removes the old model, its configuration first, so that nobody takes the rest for a model.</summary>
    private void RemoveOld(string saved)
    {
        var isModel = File.Exists(Path.Combine(saved, ModelFiles.Config));
        Func<string, bool> isOld = isModel ? ModelFiles.IsPart : ModelFiles.IsAdapters;
        foreach (
            var old in Directory
                .GetFiles(_target)
                .Where(path => isOld(Path.GetFileName(path)))
                .OrderByDescending(IsConfig)
                .ThenBy(path => path, StringComparer.Ordinal)
        )
            _steps.Delete(old);
        if (!isModel)
            return;
        foreach (var part in Directory.GetDirectories(_target).Where(path => ModelFiles.IsPartFolder(Path.GetFileName(path))))
        {
            foreach (var old in Directory.GetFiles(part).Where(path => ModelFiles.IsInPartFolder(Path.GetFileName(path))))
                _steps.Delete(old);
            if (!Directory.EnumerateFileSystemEntries(part).Any())
                _steps.Delete(part);
        }
    }

    private string In(string name) => Path.Combine(_target, name);

    private static bool IsConfig(string path) => Path.GetFileName(path) == ModelFiles.Config;

    private static FileLock Lock(string place, string name = "")
    {
        var path = Path.Combine(place, $"{(name.Length > 0 ? $".{name}" : "")}.saving.lock");
        for (var waited = System.Diagnostics.Stopwatch.StartNew(); waited.Elapsed < Patience; Thread.Sleep(50))
            if (FileLock.TryTake(path) is { } held)
                return held;
        throw new CrossEncoderException(
            $"Another process is saving a model to {Path.Combine(place, name)}: it holds {path}. Wait for its end, or name another folder."
        );
    }

    /// <summary>Refuses the folder that this program works in, and what holds it.</summary>
    /// <param name="target">The full path of the folder to write.</param>
    /// <exception cref="CrossEncoderException">It is that one.</exception>
    public static void RefuseCurrent(string target)
    {
        if (
            (Environment.CurrentDirectory + Path.DirectorySeparatorChar).StartsWith(
                target + Path.DirectorySeparatorChar,
                StringComparison.Ordinal
            )
        )
            throw new CrossEncoderException(
                $"{target} is the folder this program works in, or holds it, and its files are not to be taken for those of a model. "
                    + $"Name a folder of its own, such as {Path.Combine(target, "model")}."
            );
    }
}
