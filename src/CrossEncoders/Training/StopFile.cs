namespace CrossEncoders.Training;

/// <summary>The file named <see cref="TrainingArguments.StopFile"/> that ends a training when it appears or is written again.</summary>
internal sealed class StopFile : IDisposable
{
    private readonly FileInfo _file;
    private readonly (DateTime, long)? _before;

    /// <summary>Notes what was there before the training began.</summary>
    public StopFile(string folder)
    {
        _file = new FileInfo(Path.Combine(folder, TrainingArguments.StopFile));
        _before = Stamp();
    }

    /// <summary>Whether it has been written since then.</summary>
    public bool IsNew => Stamp() is { } now && now != _before;

    /// <summary>Takes it away where it has been obeyed.</summary>
    public void Dispose()
    {
        if (IsNew)
            _file.Delete();
    }

    private (DateTime, long)? Stamp()
    {
        _file.Refresh();
        return _file.Exists ? (_file.LastWriteTimeUtc, _file.Length) : null;
    }
}
