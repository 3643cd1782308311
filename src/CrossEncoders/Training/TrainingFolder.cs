using CrossEncoders.Files;

namespace CrossEncoders.Training;

/// <summary>
/// The output folder of a training. A training owns what its manifest names and changes nothing else; a new training takes the place of an
/// old one in one rename of the manifest, and only then clears what the old one made.
/// </summary>
/// <param name="path">The folder.</param>
/// <param name="changes">Makes the changes.</param>
internal sealed class TrainingFolder(string path, FolderSteps changes)
{
    /// <summary>The file that stands for the right to write.</summary>
    public const string LockFile = "training.lock";

    /// <summary>Where everything is written before it gets its name.</summary>
    public const string Unfinished = "training.saving";

    private TrainingManifest? _manifest;

    /// <summary>How the training in the folder began; null where there is none.</summary>
    public TrainingState? Start => _manifest?.Start.Copy();

    /// <summary>The steps of which there are checkpoints, in ascending order.</summary>
    public IReadOnlyList<int> Checkpoints =>
        _manifest is null
            ? []
            :
            [
                .. _manifest
                    .Files.Select(CheckpointNames.StepOf)
                    .OfType<int>()
                    .Where(step => Directory.Exists(At(CheckpointNames.Checkpoint(step))))
                    .Order(),
            ];

    /// <summary>The path of something in it.</summary>
    public string At(params ReadOnlySpan<string> names) => Path.Combine([path, .. names]);

    /// <summary>
    /// Reads what is there, ends a clearing that a killed process had begun, and makes sure that a training's names are free.
    /// </summary>
    /// <param name="steps">The steps that the training may come to.</param>
    /// <exception cref="CrossEncoderException">Something in the folder is in the way that no training made.</exception>
    public void Open(int steps)
    {
        _manifest = TrainingManifest.Read(path);
        RefuseStrangers(steps);
        if (_manifest is null)
            return;
        changes.Delete(At(Unfinished));
        Clear();
    }

    /// <summary>Begins a training, in the place of one that was there.</summary>
    public void Begin(TrainingState start)
    {
        var earlier = _manifest?.Files ?? [];
        foreach (var step in Checkpoints)
            if (CheckpointNames.Strangers(At(CheckpointNames.Checkpoint(step))) is [var stranger, ..])
                throw InTheWay(path, $"{CheckpointNames.Checkpoint(step)}/{stranger}");
        Write(new TrainingManifest(start.Copy(), [], earlier));
        Clear();
    }

    /// <summary>Notes that a name is about to be the training's own.</summary>
    /// <exception cref="CrossEncoderException">Something else has that name.</exception>
    public void Claim(string name)
    {
        if (_manifest!.Files.Contains(name))
            return;
        if (Path.Exists(At(name)))
            throw InTheWay(path, name);
        Write(_manifest with { Files = [.. _manifest.Files, name] });
    }

    /// <summary>
    /// Takes away what the training has made, except for some names; a checkpoint that others put something into stays as well.
    /// </summary>
    public void RemoveAllBut(IReadOnlyCollection<string> names)
    {
        string[] gone = [.. _manifest!.Files.Except(names).Where(name => CheckpointNames.Strangers(At(name)).Count == 0)];
        if (gone.Length == 0)
            return;
        Discard(gone);
        Write(_manifest with { Files = [.. _manifest.Files.Except(gone)] });
    }

    /// <summary>Lets an action write a file under a name of its own, which is only then renamed.</summary>
    public void Place(string name, Action<string> write)
    {
        var (building, target) = (At(Unfinished, Path.GetFileName(name)), At(name));
        changes.Create(At(Unfinished));
        changes.Write(building, write);
        changes.Move(building, target);
        changes.Delete(At(Unfinished));
    }

    /// <summary>The same for a folder of several files.</summary>
    public void Place(string name, IReadOnlyList<(string Name, Action<string> Write)> files)
    {
        var building = At(Unfinished, name);
        changes.Delete(building);
        changes.Create(building);
        foreach (var (file, write) in files)
            changes.Write(Path.Combine(building, file), write);
        changes.Move(building, At(name));
        changes.Delete(At(Unfinished));
    }

    /// <summary>Takes away what an earlier training left.</summary>
    private void Clear()
    {
        if (_manifest is not { Earlier.Count: > 0 } manifest)
            return;
        Discard([.. manifest.Earlier.Where(name => CheckpointNames.Strangers(At(name)).Count == 0)]);
        Write(manifest with { Earlier = [] });
    }

    /// <summary>Deletes; the names go first, since half a checkpoint must never look like a whole one.</summary>
    private void Discard(IEnumerable<string> names)
    {
        foreach (var name in names.Where(name => Path.Exists(At(name))))
        {
            changes.Create(At(Unfinished));
            changes.Move(At(name), At(Unfinished, name));
        }

        changes.Delete(At(Unfinished));
    }

    private void Write(TrainingManifest manifest)
    {
        Place(TrainingManifest.FileName, file => TrainingManifest.Write(file, manifest));
        _manifest = manifest;
    }

    private void RefuseStrangers(int steps)
    {
        if (!Directory.Exists(path))
            return;
        IEnumerable<string> own = _manifest is null ? [] : [.. _manifest.Files, .. _manifest.Earlier];
        foreach (var name in Directory.GetFileSystemEntries(path).Select(entry => Path.GetFileName(entry)).Except(own))
        {
            var taken = name switch
            {
                TrainingLog.FileName => Directory.Exists(At(name)) || (_manifest is null && new FileInfo(At(name)).Length > 0),
                TrainingManifest.FileName => _manifest is null,
                Unfinished => !IsUnfinished(At(name)),
                _ => CheckpointNames.IsOne(name, steps),
            };
            if (taken)
                throw InTheWay(path, name);
        }
    }

    /// <summary>Whether a folder is what a killed training left, without files of others.</summary>
    private bool IsUnfinished(string folder) =>
        Directory.Exists(folder)
        && (
            _manifest is not null
            || Directory.GetFileSystemEntries(folder).All(entry => Path.GetFileName(entry) == TrainingManifest.FileName)
        );

    /// <summary>The error about something that a training would have to replace and may not.</summary>
    public static CrossEncoderException InTheWay(string folder, string name) =>
        new(
            $"{Path.GetFullPath(folder)} holds '{name}', which no training of this kit made there and which this one would "
                + "have to replace. "
                + "Choose another OutputFolder, or move it away; nothing was changed."
        );
}
