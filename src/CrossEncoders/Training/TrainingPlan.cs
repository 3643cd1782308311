using CrossEncoders.Chunking;
using CrossEncoders.Examples;
using CrossEncoders.Tokenization;
using CrossEncoders.Training.Losses;

namespace CrossEncoders.Training;

/// <summary>
/// What happens at which optimizer step: batches, learning rate, evaluations, checkpoints. A pure function of examples and settings.
/// </summary>
internal sealed class TrainingPlan
{
    private readonly TrainingArguments _arguments;
    private readonly IReadOnlyList<int[]> _units;
    private readonly int[] _lengths;
    private readonly EpochEnds _ends;
    private (int Epoch, PlannedStep[] Steps) _planned = (-1, []);

    /// <summary>Checks and tokenizes the examples, and counts the steps.</summary>
    /// <exception cref="CrossEncoderException">The examples make no sense for this loss.</exception>
    public TrainingPlan(
        CrossEncoder model,
        IReadOnlyList<InputExample> examples,
        TrainingArguments arguments,
        Loss loss,
        CancellationToken cancellation
    )
    {
        Validate(examples);
        loss.Validate(examples, model.Labels);
        _arguments = arguments;
        Examples = examples;
        Texts = model.Tokenize([.. examples.Select(example => new TextPair(example.Query, example.Passage))], cancellation);
        _units = BatchPlan.Units(examples, loss.ComparesGroups);
        _lengths = [.. Texts.Select(text => text.Ids.Length)];
        var alike = arguments.TokenBudget is null && _units.All(unit => unit.Length == _units[0].Length);
        _ends = new EpochEnds(epoch => Epoch(epoch).Length, alike, cancellation);
        TotalSteps = arguments.MaxSteps ?? AllSteps();
        Epochs = arguments.MaxSteps is { } most ? (int)Math.Ceiling((double)most / _ends.First) : arguments.Epochs;
        WarmupSteps = arguments.WarmupSteps ?? (int)Math.Ceiling(arguments.WarmupRatio * TotalSteps);
    }

    /// <summary>The examples.</summary>
    public IReadOnlyList<InputExample> Examples { get; }

    /// <summary>The same, tokenized.</summary>
    public IReadOnlyList<TokenizedText> Texts { get; }

    /// <summary>Optimizer steps of the whole training.</summary>
    public int TotalSteps { get; }

    /// <summary>
    /// Epochs that are at least begun; of <see cref="TrainingArguments.MaxSteps"/> as many as they make if all are as long as the first.
    /// </summary>
    public int Epochs { get; }

    /// <summary>Optimizer steps in which the learning rate rises.</summary>
    public int WarmupSteps { get; }

    /// <summary>The epoch that a step belongs to, and its place in it.</summary>
    public (int Epoch, int Within) Position(int step) => _ends.Position(step);

    /// <summary>What a step reads.</summary>
    public PlannedStep Step(int step)
    {
        var (epoch, within) = _ends.Position(step);
        return Epoch(epoch)[within];
    }

    /// <summary>The learning rate of a step.</summary>
    public double LearningRate(int step) => _arguments.LearningRate * Schedules.Factor(_arguments.Schedule, step, WarmupSteps, TotalSteps);

    /// <summary>Epochs done after a number of steps, with their fraction.</summary>
    public double EpochsAfter(int steps)
    {
        var (epoch, within) = _ends.Position(steps - 1);
        return epoch + (within + 1.0) / Epoch(epoch).Length;
    }

    /// <summary>Whether an epoch, or the training, is over after a number of steps.</summary>
    public bool EndsEpoch(int steps) => steps > 0 && (steps == TotalSteps || _ends.Position(steps).Within == 0);

    /// <summary>The evaluation due after a number of steps as epoch and steps within it, -1 at its end; null for none.</summary>
    public (int Epoch, int Steps)? Evaluation(int steps)
    {
        if (steps == 0)
            return (0, 0); // the base model
        if (EndsEpoch(steps))
            return (_ends.Position(steps - 1).Epoch, -1);
        var position = _ends.Position(steps);
        return _arguments.EvaluationSteps > 0 && position.Within % _arguments.EvaluationSteps == 0 ? position : null;
    }

    /// <summary>Whether an evaluation, named as <see cref="Evaluation"/> names it, is due after a number of steps or later.</summary>
    public bool IsToCome(int epoch, int steps, int from)
    {
        if (epoch < 0 || epoch / 2 > Epochs) // of another training, perhaps
            return false;
        var step = Math.Min(TotalSteps, steps == -1 ? _ends.After(epoch + 1L) : _ends.After(epoch) + steps);
        return step >= from && Evaluation((int)step) == (epoch, steps);
    }

    /// <summary>Whether a checkpoint is due after a number of steps.</summary>
    public bool Checkpoint(int steps) =>
        EndsEpoch(steps) || (_arguments.CheckpointSteps > 0 && steps > 0 && steps % _arguments.CheckpointSteps == 0);

    private PlannedStep[] Epoch(int epoch)
    {
        if (_planned.Epoch != epoch)
            _planned = (
                epoch,
                [
                    .. BatchPlan
                        .ForEpoch(_units, _lengths, _arguments, epoch)
                        .Chunk(_arguments.GradientAccumulationSteps)
                        .Select(batches => new PlannedStep(batches, ByExamples: _arguments.TokenBudget is not null)),
                ]
            );
        return _planned.Steps;
    }

    private int AllSteps()
    {
        var all = _ends.After(_arguments.Epochs);
        if (all <= int.MaxValue)
            return (int)all;
        throw new CrossEncoderException(
            $"TrainingArguments.Epochs is {_arguments.Epochs}, which makes more than {int.MaxValue} steps. Set fewer epochs, or MaxSteps."
        );
    }

    private static void Validate(IReadOnlyList<InputExample> examples)
    {
        if (examples.Count == 0)
            throw new CrossEncoderException("There is nothing to train on: the list of examples is empty.");
        for (var i = 0; i < examples.Count; i++)
        {
            if (examples[i].Texts.Count != 2)
                throw new CrossEncoderException($"Example {i} has {examples[i].Texts.Count} texts; expected 2, the query and the passage.");
            if (!float.IsFinite(examples[i].Label))
                throw new CrossEncoderException($"Example {i} has the label {examples[i].Label}; expected a number, 0..1 for most losses.");
        }
    }
}
