using CrossEncoders.Datasets;
using CrossEncoders.Evaluation;
using CrossEncoders.Training.Losses;
using static TorchSharp.torch;

namespace CrossEncoders.Training;

/// <summary>The settings of the optimizer, AdamW, that <c>optimizer_params</c> holds in the reference.</summary>
/// <param name="Lr">The peak learning rate.</param>
public sealed record OptimizerParams(double Lr = 2e-5);

/// <summary>Training under the parameter names of sentence-transformers 2.2.2's <c>CrossEncoder.fit</c>.</summary>
public static class CrossEncoderFit
{
    /// <summary>Trains the model. The same as a <see cref="CrossEncoderTrainer"/> with the like-named <see cref="TrainingArguments"/>.</summary>
    /// <param name="model">The model; it ends with the best weights where <paramref name="saveBestModel"/> and an evaluator say so.</param>
    /// <param name="trainExamples">The examples, shuffled in each epoch.</param>
    /// <param name="evaluator">Evaluates before the first step, every <paramref name="evaluationSteps"/> and after each epoch.</param>
    /// <param name="epochs">Passes over the examples.</param>
    /// <param name="lossFct">The loss; if null, binary cross-entropy, or cross-entropy where the model has several labels.</param>
    /// <param name="activationFct">Applied to the logits before the loss; null for none, as in the reference.</param>
    /// <param name="scheduler">How the learning rate goes.</param>
    /// <param name="warmupSteps">Steps in which it rises; a tenth of all if null (the reference's 10 000 are more than most trainings have).</param>
    /// <param name="optimizerParams">The learning rate.</param>
    /// <param name="weightDecay">Weight decay of all but biases and normalizations.</param>
    /// <param name="evaluationSteps">Evaluates every so many steps; 0 only around epochs.</param>
    /// <param name="outputPath">Folder the model is saved to; checkpoints and the log go to one beside it with "-training" behind its name. Null saves no model.</param>
    /// <param name="saveBestModel">Whether the best model by the evaluator is kept and saved, else the last.</param>
    /// <param name="maxGradNorm">The gradient is clipped to this norm.</param>
    /// <param name="useAmp">Whether matrices are multiplied in bfloat16; weights and gradients stay in fp32.</param>
    /// <param name="callback">Called after each evaluation with its value, the epoch, and the steps within it (-1 at its end).</param>
    /// <param name="showProgressBar">Whether <paramref name="progress"/> is told of each step.</param>
    /// <param name="batchSize">Examples in a batch; in the reference the data loader's.</param>
    /// <param name="progress">Where progress is shown, for example <c>Progress.ForHere()</c>.</param>
    /// <param name="cancellation">Stops; a checkpoint is written before.</param>
    /// <exception cref="CrossEncoderException">Settings or examples make no sense, or the model cannot be saved.</exception>
    public static TrainingRun Fit(
        this CrossEncoder model, IReadOnlyList<InputExample> trainExamples, IEvaluator? evaluator = null, int epochs = 1, Loss? lossFct = null,
        Func<Tensor, Tensor>? activationFct = null, Schedule scheduler = Schedule.WarmupLinear, int? warmupSteps = null,
        OptimizerParams? optimizerParams = null, double weightDecay = 0.01, int evaluationSteps = 0, string? outputPath = null, bool saveBestModel = true,
        double maxGradNorm = 1, bool useAmp = false, Action<double, int, int>? callback = null, bool showProgressBar = true,
        int batchSize = 16, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        var loss = lossFct ?? (model.Labels == 1 ? new BinaryCrossEntropyLoss() : new CrossEntropyLoss());
        var arguments = new TrainingArguments
        {
            OutputFolder = outputPath is null ? new TrainingArguments().OutputFolder : Path.TrimEndingDirectorySeparator(outputPath) + "-training",
            Epochs = epochs,
            BatchSize = batchSize,
            LearningRate = (optimizerParams ?? new()).Lr,
            WeightDecay = weightDecay,
            MaxGradientNorm = maxGradNorm,
            Schedule = scheduler,
            WarmupSteps = warmupSteps,
            EvaluationSteps = evaluationSteps,
            LoadBestAtEnd = saveBestModel,
            ComputeType = useAmp ? ScalarType.BFloat16 : ScalarType.Float32,
        };
        var trainer = new CrossEncoderTrainer(
            model, arguments, activationFct is null ? loss : new ActivatedLoss(loss, activationFct), evaluator is null ? [] : [evaluator])
        {
            Live = callback is null || evaluator is null ? null : new Callback(evaluator.PrimaryMetric, callback),
        };
        var run = trainer.Train(trainExamples, showProgressBar ? progress : null, cancellation);
        if (outputPath is not null) Save(model, outputPath, ModelCard.For(model, run), (evaluator as ICsvEvaluator)?.CsvFile);
        return run;
    }

    /// <summary>Saves the model; what evaluators have written in its folder, as they do in the reference, stays there.</summary>
    private static void Save(CrossEncoder model, string folder, string card, string? csv)
    {
        var target = Path.GetFullPath(Path.TrimEndingDirectorySeparator(folder));
        var inside = csv is not null && Path.GetDirectoryName(csv) == target && File.Exists(csv);
        var aside = inside ? $"{target}-training{Path.DirectorySeparatorChar}{Path.GetFileName(csv)}" : "";
        if (inside) File.Copy(csv!, aside, overwrite: true);
        model.SavePretrained(target, card: card);
        if (inside) File.Copy(aside, csv!);
    }

    private sealed class ActivatedLoss : Loss
    {
        private readonly Loss _inner;
        private readonly Func<Tensor, Tensor> _activation;

        public ActivatedLoss(Loss inner, Func<Tensor, Tensor> activation) => (_inner, _activation, MiniBatchSize) = (inner, activation, inner.MiniBatchSize);

        public override string Name => _inner.Name + " of activated logits";

        public override bool ComparesGroups => _inner.ComparesGroups;

        public override bool LabelsAreProbabilities => _inner.LabelsAreProbabilities;

        public override void Validate(IReadOnlyList<InputExample> examples, int labels) => _inner.Validate(examples, labels);

        public override IReadOnlyList<IReadOnlyList<LossPair>>? Pairs(IReadOnlyList<InputExample> batch, IReadOnlyList<int> groups, Random random) =>
            _inner.Pairs(batch, groups, random);

        public override Tensor Compute(Tensor logits, Tensor labels, IReadOnlyList<int> groups) => _inner.Compute(_activation(logits), labels, groups);
    }

    private sealed class Callback(string metric, Action<double, int, int> callback) : IProgress<TrainingRun>
    {
        private int _told;

        public void Report(TrainingRun value)
        {
            for (; _told < value.Evaluations.Count; _told++)
            {
                var result = value.Evaluations[_told].Result;
                callback(result.Metrics[metric], result.Epoch, result.Steps);
            }
        }
    }
}
