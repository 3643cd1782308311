using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.Modeling;
using CrossEncoders.Runtime;
using CrossEncoders.Training.Alarms;
using CrossEncoders.Training.Losses;

namespace CrossEncoders.Training;

/// <summary>Fine-tunes a cross-encoder. One loop: evaluate, checkpoint, micro-steps, clip, step, clear, log.</summary>
/// <remarks>
/// Follows <c>CrossEncoder.fit</c> of sentence-transformers 2.2.2, except that the best checkpoint is chosen in the direction the first
/// evaluator declares. In bfloat16 the weights, gradients and optimizer stay in fp32 and only a copy is multiplied.
/// </remarks>
/// <param name="model">The model; it is trained in place.</param>
/// <param name="arguments">The settings.</param>
/// <param name="loss">What is minimized; null for binary cross-entropy, or cross-entropy where the model has several labels.</param>
/// <param name="evaluators">Run before the first step, every <see cref="TrainingArguments.EvaluationSteps"/>, and after each epoch.</param>
public sealed class CrossEncoderTrainer(
    CrossEncoder model,
    TrainingArguments arguments,
    Loss? loss = null,
    params IReadOnlyList<IEvaluator> evaluators
)
{
    private readonly Loss _loss = loss ?? (model.Labels == 1 ? new BinaryCrossEntropyLoss() : new CrossEntropyLoss());

    /// <summary>What is watched for; empty for nothing.</summary>
    public IReadOnlyList<AlarmRule> AlarmRules { get; init; } = Alarms.AlarmRules.All;

    /// <summary>The language of the alarms.</summary>
    public AlarmLanguage Language { get; init; }

    /// <summary>
    /// Hears of each alarm when it is raised; standard error by default. They are in <see cref="TrainingRun.Alarms"/> as well.
    /// </summary>
    public Action<Alarm> OnAlarm { get; init; } = alarm => RunningCell.Note($"{alarm}");

    /// <summary>
    /// Receives the training so far after each evaluation and step, for charts that grow; its lists grow on, and it is called on the
    /// training's thread.
    /// </summary>
    public IProgress<TrainingRun>? Live { get; init; }

    /// <summary>Called before each change of a file in the output folder, the log's growth aside; for tests.</summary>
    internal Action<string>? BeforeChange { get; init; }

    /// <summary>The loss's name.</summary>
    internal string LossName => _loss.Name;

    /// <summary>What it changes, as the model is now: an adapter may have been put on it since the trainer was made.</summary>
    private ParameterSet Trained => model.Model.Trained;

    /// <summary>Trains on the examples and returns how it went; the model ends with the best weights where that is wanted.</summary>
    /// <exception cref="CrossEncoderException">Settings or examples make no sense, or the loss is not a number.</exception>
    /// <exception cref="OperationCanceledException">
    /// It was cancelled; a checkpoint was written, and <see cref="TrainingArguments.Resume"/> goes on.
    /// </exception>
    public TrainingRun Train(
        IReadOnlyList<InputExample> examples,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        arguments.Validate(model.Model.Config.Layers);
        var plan = new TrainingPlan(model, examples, arguments, _loss, cancellation);
        var before = model.Model.Parameters.ProductType;
        model.Model.SetComputeType(arguments.ComputeType ?? Devices.FastType(model.Device.Device));
        var begun = false;
        try
        {
            using var gradients = new GradientBuffers(Trained, LayerRates.Frozen(model.Model, arguments));
            var rates = LayerRates.Of(model.Model, arguments.LayerLearningRateDecay);
            using var optimizer = new AdamW(Trained, gradients.Flat, arguments.WeightDecay, rates);
            var fingerprint = TrainingFingerprint.Of(model, examples, arguments, _loss, evaluators);
            using var session = new TrainingSession(arguments, fingerprint, plan, Trained, optimizer, evaluators, BeforeChange);
            begun = true;
            var run = LoopOf(plan, session, gradients, optimizer, progress).Run(cancellation);
            model.RandomWeights = [];
            return run;
        }
        finally
        {
            if (begun)
                model.ComputeInOwnType(); // what was known of its weights is known no longer
            else
                model.Model.SetComputeType(before);
        }
    }

    private TrainingLoop LoopOf(
        TrainingPlan plan,
        TrainingSession session,
        GradientBuffers gradients,
        AdamW optimizer,
        IProgress<WorkProgress>? progress
    )
    {
        var (scores, dropout) = (new ScoreWindow(), DropoutOf(model.Model.Config));
        return new()
        {
            Model = model,
            Arguments = arguments,
            Evaluators = evaluators,
            Loss = LossName,
            Plan = plan,
            Session = session,
            Watch = new AlarmWatch(Watched(plan, session.Log, scores), AlarmRules, Language, session.Log, OnAlarm),
            Pass = new LossPass(model, _loss, plan, gradients, dropout, arguments.GradientCheckpointing, scores),
            Gradients = gradients,
            Optimizer = optimizer,
            Draws = dropout is not null,
            Live = Live,
            Progress = progress,
        };
    }

    private WatchedTraining Watched(TrainingPlan plan, TrainingLog log, ScoreWindow scores) =>
        new()
        {
            Arguments = arguments,
            Loss = _loss,
            Examples = plan.Examples,
            Evaluators = evaluators,
            Truncated = plan.Texts.Count(text => text.Truncated),
            MaxLength = model.MaxLength,
            TrainedWeights = Trained
                .Parameters.Where(parameter => parameter is { Trainable: true, Kind: ParameterKind.Matrix })
                .Sum(parameter => parameter.Count),
            TotalSteps = plan.TotalSteps,
            Epochs = plan.Epochs,
            WarmupSteps = plan.WarmupSteps,
            Steps = log.Steps,
            Evaluations = log.Evaluations,
            Recent = scores.Recent,
            First = scores.First,
        };

    private Dropout? DropoutOf(ModelConfig config)
    {
        var dropout = arguments.Dropout is { } all
            ? new Dropout(all, all, all)
            : new Dropout(config.HiddenDropout, config.AttentionDropout, config.ClassifierDropout ?? config.HiddenDropout);
        return dropout is { Hidden: 0, Attention: 0, Classifier: 0 } ? null : dropout;
    }
}
