using CrossEncoders.Evaluation;
using CrossEncoders.Examples;
using CrossEncoders.Training.Losses;
using static TorchSharp.torch;

namespace CrossEncoders.Training;

/// <summary>The settings of the optimizer, AdamW, that <c>optimizer_params</c> holds in sentence-transformers.</summary>
/// <param name="Lr">The peak learning rate.</param>
public sealed record OptimizerParams(double Lr = 2e-5);

/// <summary>Training under the parameter names of sentence-transformers 2.2.2's <c>CrossEncoder.fit</c>.</summary>
public static class CrossEncoderFit
{
    /// <summary>
    /// Trains the model. The same as a <see cref="CrossEncoderTrainer"/> with the like-named <see cref="TrainingArguments"/>.
    /// </summary>
    /// <param name="model">The model; it ends with the best weights where <paramref name="saveBestModel"/> and an evaluator say so.</param>
    /// <param name="trainExamples">The examples, shuffled in each epoch.</param>
    /// <param name="evaluator">Evaluates before the first step, every <paramref name="evaluationSteps"/> and after each epoch.</param>
    /// <param name="epochs">Passes over the examples.</param>
    /// <param name="lossFct">The loss; if null, binary cross-entropy, or cross-entropy where the model has several labels.</param>
    /// <param name="activationFct">Applied to the logits before the loss; null for none, as in sentence-transformers.</param>
    /// <param name="scheduler">How the learning rate changes over the steps.</param>
    /// <param name="warmupSteps">
    /// Steps in which it rises; a tenth of all if null (sentence-transformers' 10 000 are more than most trainings have).
    /// </param>
    /// <param name="optimizerParams">The learning rate.</param>
    /// <param name="weightDecay">Weight decay of all but biases and normalizations.</param>
    /// <param name="evaluationSteps">Steps between two evaluations; 0 evaluates only around epochs.</param>
    /// <param name="outputPath">
    /// Folder the model is saved to; checkpoints and the log go to one beside it with "-training" behind its name. Null saves nothing: what
    /// the training itself writes is in a temporary folder and goes with it.
    /// </param>
    /// <param name="saveBestModel">Whether the best model by the evaluator is kept and saved, else the last.</param>
    /// <param name="maxGradNorm">The gradient is clipped to this norm.</param>
    /// <param name="useAmp">Whether matrices are multiplied in bfloat16; weights and gradients stay in fp32.</param>
    /// <param name="callback">
    /// Called after each evaluation with its value, the epoch, and the steps within it (-1 at its end); a resumed training begins with
    /// those before.
    /// </param>
    /// <param name="showProgressBar">Whether <paramref name="progress"/> is told of each step.</param>
    /// <param name="batchSize">Examples in a batch; in sentence-transformers the data loader's.</param>
    /// <param name="resume">Goes on from the newest checkpoint beside <paramref name="outputPath"/>, where there is one.</param>
    /// <param name="overwrite">Whether an earlier training beside <paramref name="outputPath"/> may be replaced.</param>
    /// <param name="progress">Where progress is shown, for example <c>Progress.ForHere()</c>.</param>
    /// <param name="cancellation">
    /// Stops; with an <paramref name="outputPath"/> a checkpoint is written before, which <paramref name="resume"/> goes on from.
    /// </param>
    /// <exception cref="CrossEncoderException">Settings or examples make no sense, or the model cannot be saved.</exception>
    public static TrainingRun Fit(
        this CrossEncoder model,
        IReadOnlyList<InputExample> trainExamples,
        IEvaluator? evaluator = null,
        int epochs = 1,
        Loss? lossFct = null,
        Func<Tensor, Tensor>? activationFct = null,
        Schedule scheduler = Schedule.WarmupLinear,
        int? warmupSteps = null,
        OptimizerParams? optimizerParams = null,
        double weightDecay = 0.01,
        int evaluationSteps = 0,
        string? outputPath = null,
        bool saveBestModel = true,
        double maxGradNorm = 1,
        bool useAmp = false,
        Action<double, int, int>? callback = null,
        bool showProgressBar = true,
        int batchSize = 16,
        bool resume = false,
        bool overwrite = false,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var loss = lossFct ?? (model.Labels == 1 ? new BinaryCrossEntropyLoss() : new CrossEntropyLoss());
        if (activationFct is not null)
            loss = new ActivatedLoss(loss, activationFct, model);
        var arguments = new TrainingArguments
        {
            Epochs = epochs,
            BatchSize = batchSize,
            LearningRate = (optimizerParams ?? new()).Lr,
            WeightDecay = weightDecay,
            MaxGradientNorm = maxGradNorm,
            Schedule = scheduler,
            WarmupSteps = warmupSteps,
            EvaluationSteps = evaluationSteps,
            LoadBestAtEnd = saveBestModel,
            Resume = resume,
            Overwrite = overwrite,
            ComputeType = useAmp ? ScalarType.BFloat16 : ScalarType.Float32,
        };
        var live = callback is null || evaluator is null ? null : new EvaluationCallback(evaluator.PrimaryMetric, callback);
        return outputPath is null ? InATemporaryFolder(Train, resume) : BesideTheModel(Train, model, outputPath);

        TrainingRun Train(string folder) =>
            new CrossEncoderTrainer(model, arguments with { OutputFolder = folder }, loss, evaluator is null ? [] : [evaluator])
            {
                Live = live,
            }.Train(trainExamples, showProgressBar ? progress : null, cancellation);
    }

    private static TrainingRun BesideTheModel(Func<string, TrainingRun> train, CrossEncoder model, string outputPath)
    {
        var target = Path.GetFullPath(Path.TrimEndingDirectorySeparator(outputPath));
        ModelSaving.RequireFolder(target);
        ModelSaving.RequireWhole(model);
        var run = train(target + "-training");
        model.SavePretrained(target, card: ModelCard.For(model, run));
        return run;
    }

    private static TrainingRun InATemporaryFolder(Func<string, TrainingRun> train, bool resume)
    {
        if (resume)
            throw new CrossEncoderException(
                "Fit cannot resume without an outputPath: the checkpoints are beside that folder. "
                    + "Give the one of the training to go on with."
            );
        var temporary = Directory.CreateTempSubdirectory("cross-encoder-fit-");
        try
        {
            return train(temporary.FullName);
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }
}
