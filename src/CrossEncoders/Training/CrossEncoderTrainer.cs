using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CrossEncoders.Datasets;
using CrossEncoders.Evaluation;
using CrossEncoders.Modeling;
using CrossEncoders.Runtime;
using CrossEncoders.Tokenization;
using CrossEncoders.Training.Losses;
using static TorchSharp.torch;

namespace CrossEncoders.Training;

/// <summary>Fine-tunes a cross-encoder. One loop: set the learning rate, evaluate and checkpoint, micro-steps, clip, step, clear, log.</summary>
/// <remarks>
/// Follows <c>CrossEncoder.fit</c> of sentence-transformers 2.2.2, except that the best checkpoint is chosen in the direction the first
/// evaluator declares. In bfloat16 the weights, gradients and optimizer stay in fp32 and only a copy is multiplied.
/// </remarks>
/// <param name="model">The model; it is trained in place.</param>
/// <param name="arguments">The settings.</param>
/// <param name="loss">What is made small; null for binary cross-entropy, or cross-entropy where the model has several labels.</param>
/// <param name="evaluators">Run before the first step, every <see cref="TrainingArguments.EvaluationSteps"/>, and after each epoch.</param>
public sealed class CrossEncoderTrainer(CrossEncoder model, TrainingArguments arguments, Loss? loss = null, params IReadOnlyList<IEvaluator> evaluators)
{
    private readonly Loss _loss = loss ?? (model.Labels == 1 ? new BinaryCrossEntropyLoss() : new CrossEntropyLoss());
    private readonly ParameterSet _parameters = model.Model.Parameters;

    /// <summary>Trains on the examples and returns how it went; the model ends with the best weights where that is wanted.</summary>
    /// <exception cref="CrossEncoderException">Settings or examples make no sense, or the loss is not a number.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; a checkpoint was written, and <see cref="TrainingArguments.Resume"/> goes on.</exception>
    public TrainingRun Train(IReadOnlyList<InputExample> examples, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        arguments.Validate(model.Model.Config.Layers);
        Validate(examples);
        var texts = model.Tokenize([.. examples.Select(example => new TextPair(example.Query, example.Passage))], cancellation);
        var units = BatchPlan.Units(examples, _loss.ComparesGroups);
        int[] lengths = [.. texts.Select(text => text.Ids.Length)];
        var stepsPerEpoch = StepsOf(BatchPlan.ForEpoch(units, lengths, arguments, 0)).Count;
        var totalSteps = Math.Min(arguments.MaxSteps ?? int.MaxValue, stepsPerEpoch * arguments.Epochs);
        var warmupSteps = arguments.WarmupSteps ?? (int)Math.Ceiling(arguments.WarmupRatio * totalSteps);
        var dropout = DropoutOf(model.Model.Config);

        Prepare(out var gradient, out var lowGradient);
        using var optimizer = new AdamW(_parameters, gradient, arguments.WeightDecay);
        var checkpoints = new Checkpoints(arguments.OutputFolder, arguments.CheckpointsKept);
        var fingerprint = Fingerprint(examples);
        var state = arguments.Resume ? checkpoints.LoadNewest(fingerprint, _parameters.Flat, optimizer) : null;
        if (state is null) checkpoints.Clear();
        else Restore(state);
        state ??= new TrainingState { Fingerprint = fingerprint };
        var clock = Stopwatch.StartNew();
        var secondsBefore = state.Seconds;
        var outOfTime = false;

        try
        {
            List<int[][][]> plan = [];
            for (var planned = -1; state.Step < totalSteps; state.Step++)
            {
                var (epoch, stepInEpoch) = Math.DivRem(state.Step, stepsPerEpoch);
                if (planned != epoch) plan = StepsOf(BatchPlan.ForEpoch(units, lengths, arguments, planned = epoch));
                var learningRate = arguments.LearningRate * Schedules.Factor(arguments.Schedule, state.Step, warmupSteps, totalSteps);

                if (state.Step == 0 || (arguments.EvaluationSteps > 0 && stepInEpoch > 0 && stepInEpoch % arguments.EvaluationSteps == 0))
                    Evaluate(epoch, stepInEpoch);
                outOfTime = clock.Elapsed > arguments.TimeBudget;
                if (outOfTime || (arguments.CheckpointSteps > 0 && state.Step > 0 && state.Step % arguments.CheckpointSteps == 0)) Save();
                if (outOfTime) break;

                var stepClock = Stopwatch.StartNew();
                if (dropout is not null) random.manual_seed(unchecked(arguments.Seed * 7_919L + state.Step));
                var draws = new Random(unchecked(arguments.Seed * 7_919 + state.Step));
                var (lossSum, tokens) = (0.0, 0L);
                foreach (var batch in plan[stepInEpoch])
                {
                    cancellation.ThrowIfCancellationRequested();
                    lossSum += MicroStep(batch, texts, examples, plan[stepInEpoch].Length, dropout, draws, () => Collect(gradient, lowGradient), ref tokens);
                }

                if (!double.IsFinite(lossSum))
                    throw new CrossEncoderException($"The loss is {lossSum} at step {state.Step}. Lower LearningRate (now {arguments.LearningRate}), or compute in float32.");
                var norm = Step(optimizer, gradient, state.Step, learningRate);

                var done = new TrainingStep(state.Step, (state.Step + 1.0) / stepsPerEpoch, lossSum, learningRate, norm, tokens / stepClock.Elapsed.TotalSeconds);
                state.Steps.Add(done);
                progress?.Report(new WorkProgress("training steps", state.Step + 1, totalSteps, string.Create(CultureInfo.InvariantCulture, $"loss {done.Loss:0.000}")));
                if (stepInEpoch == stepsPerEpoch - 1 || state.Step == totalSteps - 1) EndEpoch(epoch);
            }
        }
        catch (OperationCanceledException)
        {
            Save();
            throw;
        }
        finally
        {
            Release();
            gradient.Dispose();
            lowGradient?.Dispose();
        }

        if (!outOfTime && arguments.LoadBestAtEnd && state.BestStep is not null)
        {
            checkpoints.LoadBest(_parameters.Flat);
            _parameters.Refresh();
        }

        return new TrainingRun
        {
            Steps = state.Steps,
            Evaluations = state.Evaluations,
            Completed = !outOfTime,
            BestStep = state.BestStep,
            BestValue = state.BestValue,
            Seconds = secondsBefore + clock.Elapsed.TotalSeconds,
            TotalSteps = totalSteps,
            Examples = examples.Count,
            Arguments = arguments,
            Loss = _loss.Name,
        };

        void EndEpoch(int epoch)
        {
            state.Step++;
            Evaluate(epoch, -1);
            Save();
            state.Step--; // the loop counts on
        }

        void Evaluate(int epoch, int steps)
        {
            if (state.Evaluations.Any(point => point.Result.Epoch == epoch && point.Result.Steps == steps)) return; // done before the resumed checkpoint
            foreach (var evaluator in evaluators)
            {
                var result = evaluator.Evaluate(model, epoch, steps, cancellation);
                state.Evaluations.Add(new EvaluationPoint(state.Step, result));
                if (!ReferenceEquals(evaluator, evaluators[0])) continue;
                var value = result.Metrics[evaluator.PrimaryMetric];
                if (state.BestValue is { } best && (evaluator.HigherIsBetter ? value <= best : value >= best)) continue;
                (state.BestValue, state.BestStep) = (value, state.Step);
                if (arguments.LoadBestAtEnd) checkpoints.SaveBest(_parameters.Flat);
            }
        }

        void Save()
        {
            state.Seconds = secondsBefore + clock.Elapsed.TotalSeconds;
            foreach (var file in CsvFiles()) state.CsvLengths[file] = File.Exists(file) ? new FileInfo(file).Length : 0;
            checkpoints.Save(state, _parameters.Flat, optimizer);
        }
    }

    private IEnumerable<string> CsvFiles() => evaluators.OfType<ICsvEvaluator>().Select(evaluator => evaluator.CsvFile).OfType<string>();

    /// <summary>Takes up a checkpoint: rows of evaluations made after it are dropped from the CSV files, as they will be made again.</summary>
    private void Restore(TrainingState state)
    {
        _parameters.Refresh();
        foreach (var file in CsvFiles().Where(state.CsvLengths.ContainsKey)) EvaluationCsv.Rewind(file, state.CsvLengths[file]);
    }

    private double MicroStep(int[][] units, IReadOnlyList<TokenizedText> texts, IReadOnlyList<InputExample> examples, int microSteps,
        Dropout? dropout, Random draws, Action collect, ref long tokens)
    {
        using var scope = NewDisposeScope();
        var batch = LossBatch.Of(_loss, units, examples, texts, model, draws);
        if (batch.Texts.Count == 0) return 0; // a batch without positives, for a loss that pairs them
        var labels = tensor(batch.Labels, device: model.Device.Device);
        var (size, seed, seen) = (_loss.MiniBatchSize ?? batch.Texts.Count, draws.Next(), 0L);
        var value = GradientCache.Backward(batch.Texts.Count, size, Forward, logits => _loss.Compute(logits, labels, batch.Groups) / microSteps, collect);
        tokens += seen;
        return value;

        Tensor Forward(int start, int count) // (count, labels)
        {
            var (ids, types, mask) = TokenBatches.Pad([.. batch.Texts.Skip(start).Take(count)], model.Tokenizer.PaddingId, model.Device.Device);
            if (dropout is not null && count < batch.Texts.Count) random.manual_seed(unchecked(seed + start)); // the same dropout both times
            seen += ids.numel();
            return model.Model.Forward(ids, types, mask, dropout);
        }
    }

    /// <summary>The micro-batches of each optimizer step.</summary>
    private List<int[][][]> StepsOf(List<int[][]> batches) => [.. batches.Chunk(arguments.GradientAccumulationSteps)];

    /// <summary>Points every trainable parameter's gradient into one flat buffer, and one in the compute type where that is not fp32.</summary>
    private void Prepare(out Tensor gradient, out Tensor? lowGradient)
    {
        _parameters.SetComputeType(arguments.ComputeType ?? Devices.FastType(model.Device.Device));
        gradient = zeros_like(_parameters.Flat).DetachFromDisposeScope();
        lowGradient = _parameters.Working is { } working ? zeros_like(working).DetachFromDisposeScope() : null;
        var frozen = arguments.FrozenLayers > 0 ? model.Model.Encoder.Below(arguments.FrozenLayers).ToHashSet() : [];
        foreach (var parameter in _parameters.Parameters)
        {
            parameter.Trainable = !frozen.Contains(parameter) && !(arguments.FreezeEmbeddings && parameter.Kind == ParameterKind.Embedding);
            if (!parameter.Trainable) continue;
            var low = lowGradient is not null && parameter.Kind != ParameterKind.Embedding;
            parameter.Value.requires_grad_(true);
            parameter.Value.grad = low
                ? ParameterSet.View(lowGradient!, parameter.Offset - _parameters.EmbeddingsEnd, parameter)
                : ParameterSet.View(gradient, parameter.Offset, parameter);
        }
    }

    private void Release()
    {
        foreach (var parameter in _parameters.Parameters.Where(parameter => parameter.Value.requires_grad))
        {
            parameter.Value.grad = null;
            parameter.Value.requires_grad_(false);
        }
    }

    /// <summary>Adds the gradient in the compute type to the fp32 one, so that micro-batches add up in fp32.</summary>
    private void Collect(Tensor gradient, Tensor? lowGradient)
    {
        if (lowGradient is null) return;
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        gradient.narrow(0, _parameters.EmbeddingsEnd, lowGradient.numel()).add_(lowGradient);
        lowGradient.zero_();
    }

    /// <summary>Clips, changes the parameters and clears the gradient; returns its norm before clipping.</summary>
    private double Step(AdamW optimizer, Tensor gradient, int step, double learningRate)
    {
        using var scope = NewDisposeScope(); // in-place operations, too, return tensors to be disposed
        var norm = gradient.norm().item<float>();
        if (arguments.MaxGradientNorm > 0 && norm > arguments.MaxGradientNorm) gradient.mul_(arguments.MaxGradientNorm / (norm + 1e-6));
        optimizer.Step(step + 1, learningRate);
        _parameters.Refresh();
        gradient.zero_();
        return norm;
    }

    private Dropout? DropoutOf(ModelConfig config)
    {
        var dropout = arguments.Dropout is { } all
            ? new Dropout(all, all, all)
            : new Dropout(config.HiddenDropout, config.AttentionDropout, config.ClassifierDropout ?? config.HiddenDropout);
        return dropout is { Hidden: 0, Attention: 0, Classifier: 0 } ? null : dropout;
    }

    private void Validate(IReadOnlyList<InputExample> examples)
    {
        if (examples.Count == 0) throw new CrossEncoderException("There is nothing to train on: the list of examples is empty.");
        for (var i = 0; i < examples.Count; i++)
        {
            if (examples[i].Texts.Count != 2)
                throw new CrossEncoderException($"Example {i} has {examples[i].Texts.Count} texts; expected 2, the query and the passage.");
            if (!float.IsFinite(examples[i].Label))
                throw new CrossEncoderException($"Example {i} has the label {examples[i].Label}; expected a number, 0..1 for most losses.");
        }

        _loss.Validate(examples, model.Labels);
    }

    private string Fingerprint(IReadOnlyList<InputExample> examples)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var example in examples)
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{example.Query}\0{example.Passage}\0{example.Label}\0{example.Group}\n")));
        // What decides the course of the training; where it is written, and when it stops, may change between sessions.
        var settings = arguments with { OutputFolder = "", Resume = false, MaxSteps = null, TimeBudget = null, CheckpointSteps = 0, CheckpointsKept = 1 };
        hash.AppendData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(settings) + _loss.Name + model.MaxLength + model.Model.Architecture + _parameters.Flat.numel()));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
