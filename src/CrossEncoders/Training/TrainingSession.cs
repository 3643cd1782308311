using System.Diagnostics;
using CrossEncoders.Evaluation;
using CrossEncoders.Files;
using CrossEncoders.Modeling;

namespace CrossEncoders.Training;

/// <summary>What a training has written so far, where it goes on from, and whether it has been asked to stop.</summary>
internal sealed class TrainingSession : IDisposable
{
    private readonly TrainingArguments _arguments;
    private readonly Checkpoints _checkpoints;
    private readonly ParameterSet _parameters;
    private readonly AdamW _optimizer;
    private readonly string[] _csvFiles;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly double _secondsBefore;
    private readonly StopFile _stop;
    private readonly IDisposable _held;
    private (int Step, long LogLength) _saved;

    /// <summary>Begins a training, or takes up the newest checkpoint where that is wanted.</summary>
    /// <exception cref="CrossEncoderException">
    /// The folder is another training's, or holds something that is in the way, or cannot be written.
    /// </exception>
    public TrainingSession(
        TrainingArguments arguments,
        string fingerprint,
        TrainingPlan plan,
        ParameterSet parameters,
        AdamW optimizer,
        IReadOnlyList<IEvaluator> evaluators,
        Action<string>? beforeChange = null
    )
    {
        (_arguments, _parameters, _optimizer) = (arguments, parameters, optimizer);
        _checkpoints = new Checkpoints(arguments.OutputFolder, arguments.CheckpointsKept, new FolderSteps(beforeChange));
        _csvFiles = [.. evaluators.OfType<ICsvEvaluator>().Select(evaluator => evaluator.CsvFile).OfType<string>()];
        _held = Hold(arguments.OutputFolder);
        try
        {
            _checkpoints.Open(plan.TotalSteps);
            _stop = new StopFile(arguments.OutputFolder);
            if (arguments.Resume && _checkpoints.LoadNewest(fingerprint, parameters.Flat, optimizer) is { } resumed)
            {
                (State, Log) = (resumed, TrainingLog.Open(arguments.OutputFolder, resumed.LogLength));
                parameters.Refresh();
                RewindEvaluations(plan, evaluators.Count);
            }
            else
            {
                State = new TrainingState { Fingerprint = fingerprint, StartWeights = Checkpoints.HashOf(parameters.Flat) };
                NoteEvaluations();
                _checkpoints.Begin(State, arguments.Overwrite);
                beforeChange?.Invoke("empty the log");
                Log = TrainingLog.Open(arguments.OutputFolder, 0);
            }
        }
        catch
        {
            Dispose(); // or it stays locked for the next try
            throw;
        }

        _secondsBefore = State.Seconds;
        _saved = (State.Step, Log.Length);
    }

    /// <summary>Where it stands.</summary>
    public TrainingState State { get; }

    /// <summary>Steps, evaluations and alarms.</summary>
    public TrainingLog Log { get; }

    /// <summary>Seconds of all sessions together.</summary>
    public double Seconds => _secondsBefore + _clock.Elapsed.TotalSeconds;

    /// <summary>Whether the time is used up or the stop file has been written.</summary>
    public bool MustStop => _clock.Elapsed > _arguments.TimeBudget || _stop.IsNew;

    /// <summary>Whether evaluations have brought no gain for too long.</summary>
    public bool StopsEarly => State.WithoutGain >= _arguments.EarlyStoppingPatience;

    /// <summary>Writes a checkpoint, unless nothing has happened since the last.</summary>
    public void Checkpoint()
    {
        if (_saved == (State.Step, Log.Length))
            return;
        (State.Seconds, State.LogLength) = (Seconds, Log.Length);
        NoteEvaluations();
        _checkpoints.Save(State, _parameters.Flat, _optimizer);
        _saved = (State.Step, Log.Length);
    }

    /// <summary>Keeps the present parameters where the value is the best so far; what is not a number never is.</summary>
    public void Consider(double value, bool higherIsBetter)
    {
        if (!double.IsFinite(value))
        {
            State.WithoutGain++;
            return;
        }

        var gain = State.BestValue is { } best ? (higherIsBetter ? value - best : best - value) : double.PositiveInfinity;
        State.WithoutGain = gain > _arguments.EarlyStoppingMinDelta ? 0 : State.WithoutGain + 1;
        if (gain <= 0)
            return;
        (State.BestValue, State.BestStep) = (value, State.Step);
        if (_arguments.LoadBestAtEnd)
            _checkpoints.SaveBest(State.Step, _parameters.Flat);
    }

    /// <summary>Brings the best parameters back, where that is wanted and there are any.</summary>
    public void LoadBest()
    {
        if (!_arguments.LoadBestAtEnd || State.BestStep is not { } step)
            return;
        _checkpoints.LoadBest(step, _parameters.Flat);
        _parameters.Refresh();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop?.Dispose();
        Log?.Dispose();
        _held.Dispose();
    }

    /// <summary>Takes rows away that will be written again; others may have written to the files meanwhile, and theirs stay.</summary>
    private void RewindEvaluations(TrainingPlan plan, int evaluators)
    {
        var next = Log.Evaluations.Count(point => point.Step == State.Step) < evaluators ? State.Step : State.Step + 1;
        foreach (var file in _csvFiles.Where(State.CsvLengths.ContainsKey))
            EvaluationCsv.Rewind(file, State.CsvLengths[file], (epoch, steps) => !StopsEarly && plan.IsToCome(epoch, steps, from: next));
    }

    private void NoteEvaluations()
    {
        foreach (var file in _csvFiles)
            State.CsvLengths[file] = File.Exists(file) ? new FileInfo(file).Length : 0;
    }

    private static FileLock Hold(string folder)
    {
        var path = Path.Combine(folder, TrainingFolder.LockFile);
        if (new FileInfo(path) is { Exists: true, Length: > 0 } || Directory.Exists(path))
            throw TrainingFolder.InTheWay(folder, TrainingFolder.LockFile);
        try
        {
            // A file of its own: the log may be read meanwhile, and what may be read is not kept from other writers outside of Windows.
            return FileLock.TryTake(path)
                ?? throw new CrossEncoderException(
                    $"Another training is writing to {Path.GetFullPath(folder)}: it holds {TrainingFolder.LockFile}. Wait for its end, end "
                        + $"it with a file named '{TrainingArguments.StopFile}' there, or choose another OutputFolder."
                );
        }
        catch (Exception error) when (DiskErrors.Is(error))
        {
            throw new CrossEncoderException(
                $"The OutputFolder {Path.GetFullPath(folder)} cannot be written to: {error.Message} {DiskErrors.Remedy(error)}",
                error
            );
        }
    }
}
