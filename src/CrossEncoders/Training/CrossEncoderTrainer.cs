using System.Diagnostics;
using System.Globalization;
using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.Modeling;
using CrossEncoders.Runtime;
using CrossEncoders.Training.Alarms;
using CrossEncoders.Training.Losses;
using static TorchSharp.torch;

namespace CrossEncoders.Training;

/// <summary>Fine-tunes a cross-encoder. One loop: evaluate, checkpoint, micro-steps, clip, step, clear, log.</summary>
/// <remarks>
/// Follows <c>CrossEncoder.fit</c> of sentence-transformers 2.2.2, except that the best checkpoint is chosen in the direction the first
/// evaluator declares. In bfloat16 the weights, gradients and optimizer stay in fp32 and only a copy is multiplied.
/// </remarks>
/// <param name="model">The model; it is trained in place.</param>
/// <param name="arguments">The settings.</param>
/// <param name="loss">What is made small; null for binary cross-entropy, or cross-entropy where the model has several labels.</param>
/// <param name="evaluators">Run before the first step, every <see cref="TrainingArguments.EvaluationSteps"/>, and after each epoch.</param>
public sealed class CrossEncoderTrainer(
    CrossEncoder model,
    TrainingArguments arguments,
    Loss? loss = null,
    params IReadOnlyList<IEvaluator> evaluators
)
{
    private readonly Loss _loss = loss ?? (model.Labels == 1 ? new BinaryCrossEntropyLoss() : new CrossEntropyLoss());
    private readonly ParameterSet _parameters = model.Model.Trained;

    /// <summary>What is watched for; empty for nothing.</summary>
    public IReadOnlyList<AlarmRule> AlarmRules { get; init; } = Alarms.AlarmRules.All;

    /// <summary>The language of the alarms.</summary>
    public AlarmLanguage Language { get; init; }

    /// <summary>Hears of each alarm when it is raised; standard error by default. They are in <see cref="TrainingRun.Alarms"/> as well.</summary>
    public Action<Alarm> OnAlarm { get; init; } = alarm => Console.Error.WriteLine(alarm);

    /// <summary>Receives the training so far after each evaluation and step, for charts that grow; its lists grow on, and it is called on the training's thread.</summary>
    public IProgress<TrainingRun>? Live { get; init; }

    /// <summary>Trains on the examples and returns how it went; the model ends with the best weights where that is wanted.</summary>
    /// <exception cref="CrossEncoderException">Settings or examples make no sense, or the loss is not a number.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; a checkpoint was written, and <see cref="TrainingArguments.Resume"/> goes on.</exception>
    public TrainingRun Train(
        IReadOnlyList<InputExample> examples,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        arguments.Validate(model.Model.Config.Layers);
        var plan = new TrainingPlan(model, examples, arguments, _loss, cancellation);
        var dropout = DropoutOf(model.Model.Config);
        model.Model.SetComputeType(arguments.ComputeType ?? Devices.FastType(model.Device.Device));
        using var gradients = new GradientBuffers(_parameters, LayerRates.Frozen(model.Model, arguments));
        using var optimizer = new AdamW(
            _parameters,
            gradients.Flat,
            arguments.WeightDecay,
            LayerRates.Of(model.Model, arguments.LayerLearningRateDecay)
        );
        using var session = new TrainingSession(
            arguments,
            TrainingFingerprint.Of(model, examples, arguments, _loss, evaluators),
            plan,
            _parameters,
            optimizer,
            evaluators
        );
        var (state, log) = (session.State, session.Log);
        var watch = Watch(plan, log);
        using var process = Process.GetCurrentProcess();
        var interrupted = false;

        try
        {
            watch.BeforeTraining();
            while (true)
            {
                if (plan.Evaluation(state.Step) is var (epoch, steps))
                    Evaluate(epoch, steps);
                var done = state.Step >= plan.TotalSteps || session.StopsEarly;
                interrupted = !done && session.MustStop;
                if (done || interrupted || plan.Checkpoint(state.Step))
                    session.Checkpoint();
                if (done || interrupted)
                    break;

                var (clock, batches) = (Stopwatch.StartNew(), plan.MicroBatches(state.Step));
                if (dropout is not null)
                    random.manual_seed(unchecked(arguments.Seed * 7_919L + state.Step));
                var draws = new Random(unchecked(arguments.Seed * 7_919 + state.Step));
                var (lossSum, tokens) = (0.0, 0L);
                foreach (var batch in batches)
                {
                    cancellation.ThrowIfCancellationRequested();
                    var result = MicroStep(batch, WeightOf(batch, batches), draws);
                    (lossSum, tokens) = (lossSum + result.Loss, tokens + result.Tokens);
                }

                var norm = gradients.Clip(arguments.MaxGradientNorm);
                var learningRate = plan.LearningRate(state.Step);
                var healthy = double.IsFinite(lossSum) && double.IsFinite(norm);
                if (healthy)
                    optimizer.Step(state.Step + 1, learningRate);
                _parameters.Refresh();
                gradients.Clear();
                NativeHeap.TrimNowAndThen();

                process.Refresh();
                var step = new TrainingStep(
                    state.Step,
                    plan.EpochsAfter(state.Step + 1),
                    lossSum,
                    learningRate,
                    norm,
                    tokens / clock.Elapsed.TotalSeconds,
                    process.PeakWorkingSet64
                );
                state.Step++; // before anyone hears of it: whoever then cancels gets a checkpoint with this step
                log.Add(step);
                watch.AfterStep(step);
                if (!healthy)
                {
                    session.LoadBest();
                    throw new CrossEncoderException(
                        $"The loss is {lossSum} and the gradient's norm {norm} at step {step.Step}. Lower LearningRate (now {arguments.LearningRate}), or compute in float32. "
                            + $"The model has {(arguments.LoadBestAtEnd && state.BestStep is { } best ? $"its best weights, of step {best}" : "the weights from before that step")}."
                    );
                }

                progress?.Report(
                    new WorkProgress(
                        "training steps",
                        state.Step,
                        plan.TotalSteps,
                        string.Create(CultureInfo.InvariantCulture, $"loss {step.Loss:0.000}")
                    )
                );
                Live?.Report(Run());
            }
        }
        catch (OperationCanceledException)
        {
            session.Checkpoint();
            throw;
        }

        if (!interrupted)
            session.LoadBest();
        return Run();

        void Evaluate(int epoch, int steps)
        {
            var before = log.Evaluations.Count(point => point.Step == state.Step); // those made before the checkpoint it goes on from
            foreach (var evaluator in evaluators.Skip(before))
            {
                var point = new EvaluationPoint(state.Step, evaluator.Evaluate(model, epoch, steps, cancellation));
                log.Add(point);
                if (ReferenceEquals(evaluator, evaluators[0]))
                    session.Consider(point.Result.Metrics[evaluator.PrimaryMetric], evaluator.HigherIsBetter);
                watch.AfterEvaluation(point);
                Live?.Report(Run());
            }
        }

        (double Loss, long Tokens) MicroStep(int[][] units, double weight, Random draws)
        {
            using var scope = NewDisposeScope();
            var batch = LossBatch.Of(_loss, units, examples, plan.Texts, model, draws);
            if (batch.Texts.Count == 0)
                return (0, 0); // a batch without positives, for a loss that pairs them
            var labels = tensor(batch.Labels, device: model.Device.Device);
            var (size, seed, tokens) = (_loss.MiniBatchSize ?? batch.Texts.Count, draws.Next(), 0L);
            CheckpointedPass? pass = null;
            var value = GradientCache.Backward(batch.Texts.Count, size, Forward, Loss, Collect);
            return (value, tokens);

            Tensor Forward(int start, int count) // (count, labels)
            {
                var (ids, types, mask) = BatchTensors.Pad(
                    [.. batch.Texts.Skip(start).Take(count)],
                    model.Tokenizer.PaddingId,
                    model.Device.Device
                );
                tokens += ids.numel();
                if (arguments.GradientCheckpointing)
                    return (pass = model.Model.ForwardCheckpointed(ids, types, mask, dropout, unchecked(seed + start))).Logits;
                if (dropout is not null && count < batch.Texts.Count)
                    random.manual_seed(unchecked(seed + start)); // the same dropout both times
                return model.Model.Forward(ids, types, mask, dropout);
            }

            Tensor Loss(Tensor logits)
            {
                watch.Note(logits.detach().cpu().data<float>().ToArray(), batch.Labels);
                return _loss.Compute(logits, labels, batch.Groups) * weight;
            }

            void Collect()
            {
                pass?.Backward();
                gradients.Collect();
            }
        }

        TrainingRun Run() =>
            new()
            {
                Steps = log.Steps,
                Evaluations = log.Evaluations,
                Alarms = log.Alarms,
                Completed = state.Step >= plan.TotalSteps || session.StopsEarly,
                StoppedEarly = state.Step < plan.TotalSteps && session.StopsEarly,
                PrimaryMetric = evaluators is [var first, ..] ? first.PrimaryMetric : null,
                BestStep = state.BestStep,
                BestValue = state.BestValue,
                Seconds = session.Seconds,
                TotalSteps = plan.TotalSteps,
                Examples = examples.Count,
                Arguments = arguments,
                Loss = _loss.Name,
            };
    }

    /// <summary>The weight of a micro-batch in its step: all alike, as in the reference, or by examples where a token budget makes their sizes differ.</summary>
    private double WeightOf(int[][] batch, int[][][] batches) =>
        arguments.TokenBudget is null
            ? 1.0 / batches.Length
            : (double)batch.Sum(unit => unit.Length) / batches.Sum(other => other.Sum(unit => unit.Length));

    private AlarmWatch Watch(TrainingPlan plan, TrainingLog log)
    {
        var recent = new Queue<ScoredExample>();
        var watched = new WatchedTraining
        {
            Arguments = arguments,
            Loss = _loss,
            Examples = plan.Examples,
            Evaluators = evaluators,
            Truncated = plan.Texts.Count(text => text.Truncated),
            MaxLength = model.MaxLength,
            TrainedWeights = _parameters
                .Parameters.Where(parameter => parameter is { Trainable: true, Kind: ParameterKind.Matrix })
                .Sum(parameter => parameter.Count),
            TotalSteps = plan.TotalSteps,
            Epochs = plan.Epochs,
            WarmupSteps = plan.WarmupSteps,
            Steps = log.Steps,
            Evaluations = log.Evaluations,
            Recent = recent,
        };
        return new AlarmWatch(watched, recent, AlarmRules, Language, log, OnAlarm);
    }

    private Dropout? DropoutOf(ModelConfig config)
    {
        var dropout = arguments.Dropout is { } all
            ? new Dropout(all, all, all)
            : new Dropout(config.HiddenDropout, config.AttentionDropout, config.ClassifierDropout ?? config.HiddenDropout);
        return dropout is { Hidden: 0, Attention: 0, Classifier: 0 } ? null : dropout;
    }
}
