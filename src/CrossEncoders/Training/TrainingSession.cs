using System.Diagnostics;
using CrossEncoders.Evaluation;
using CrossEncoders.Modeling;

namespace CrossEncoders.Training;

/// <summary>What a training has written so far, from where it goes on, and whether it has been asked to stop.</summary>
internal sealed class TrainingSession : IDisposable
{
    private readonly TrainingArguments _arguments;
    private readonly Checkpoints _checkpoints;
    private readonly ParameterSet _parameters;
    private readonly AdamW _optimizer;
    private readonly string[] _csvFiles;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly double _secondsBefore;
    private readonly string _stopFile;
    private (int Step, long LogLength) _saved;

    /// <summary>Begins a training, or takes up the newest checkpoint where that is wanted.</summary>
    public TrainingSession(
        TrainingArguments arguments,
        string fingerprint,
        TrainingPlan plan,
        ParameterSet parameters,
        AdamW optimizer,
        IReadOnlyList<IEvaluator> evaluators
    )
    {
        (_arguments, _parameters, _optimizer) = (arguments, parameters, optimizer);
        _checkpoints = new Checkpoints(arguments.OutputFolder, arguments.CheckpointsKept);
        _csvFiles = [.. evaluators.OfType<ICsvEvaluator>().Select(evaluator => evaluator.CsvFile).OfType<string>()];
        _stopFile = Path.Combine(arguments.OutputFolder, TrainingArguments.StopFile);
        var resumed = arguments.Resume ? _checkpoints.LoadNewest(fingerprint, parameters.Flat, optimizer) : null;
        Log = TrainingLog.Open(arguments.OutputFolder, resumed?.LogLength ?? 0);
        try
        {
            File.Delete(_stopFile);
            if (resumed is null)
            {
                State = new TrainingState { Fingerprint = fingerprint, StartWeights = Checkpoints.HashOf(parameters.Flat) };
                Note();
                _checkpoints.Begin(State);
            }
            else
            {
                State = resumed;
                parameters.Refresh();
                // Rows of evaluations made after the checkpoint will be made again. Others may have written there since: theirs stay.
                var next = Log.Evaluations.Count(point => point.Step == State.Step) < evaluators.Count ? State.Step : State.Step + 1;
                foreach (var file in _csvFiles.Where(State.CsvLengths.ContainsKey))
                    EvaluationCsv.Rewind(file, State.CsvLengths[file], (epoch, steps) =>
                        !StopsEarly && plan.IsToCome(epoch, steps, from: next)
                    );
            }
        }
        catch
        {
            Log.Dispose(); // or it stays locked for the next try
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

    /// <summary>Whether the time is used up or the stop file is there.</summary>
    public bool MustStop => _clock.Elapsed > _arguments.TimeBudget || File.Exists(_stopFile);

    /// <summary>Whether evaluations have brought no gain for too long.</summary>
    public bool StopsEarly => State.WithoutGain >= _arguments.EarlyStoppingPatience;

    /// <summary>Writes a checkpoint, unless nothing has happened since the last.</summary>
    public void Checkpoint()
    {
        if (_saved == (State.Step, Log.Length))
            return;
        Note();
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
    public void Dispose() => Log.Dispose();

    private void Note()
    {
        (State.Seconds, State.LogLength) = (Seconds, Log.Length);
        foreach (var file in _csvFiles)
            State.CsvLengths[file] = File.Exists(file) ? new FileInfo(file).Length : 0;
    }
}
