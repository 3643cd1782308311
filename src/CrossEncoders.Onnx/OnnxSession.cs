using CrossEncoders.Tokenization;
using Microsoft.ML.OnnxRuntime;

namespace CrossEncoders.Onnx;

/// <summary>A loaded graph: padded batches to logits. Safe for concurrent use.</summary>
internal sealed class OnnxSession : IDisposable
{
    private static readonly string[] Known = ["input_ids", "attention_mask", "token_type_ids"];

    private readonly InferenceSession _session;
    private readonly string[] _inputs;
    private readonly string[] _outputs;
    private readonly int _labels;

    private OnnxSession(InferenceSession session, int labels)
    {
        (_session, _labels) = (session, labels);
        _inputs = [.. session.InputNames];
        _outputs = [session.OutputNames[0]];
        var metadata = session.ModelMetadata;
        Metadata = new Dictionary<string, string>(metadata.CustomMetadataMap) { ["producer"] = metadata.ProducerName };
    }

    /// <summary>What the file says of itself.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Loads a file.</summary>
    /// <exception cref="CrossEncoderException">
    /// It cannot be loaded, has inputs that a re-ranker does not have, or another number of labels.
    /// </exception>
    public static OnnxSession Open(string path, int labels, OnnxCrossEncoderOptions options)
    {
        InferenceSession session;
        try
        {
            // A memory pattern would be kept for each shape, and hardly two batches have the same.
            using var settings = new SessionOptions { EnableMemoryPattern = false };
            if (options.Threads is { } threads)
                settings.IntraOpNumThreads = threads;
            options.Configure?.Invoke(settings);
            session = new(path, settings);
        }
        catch (OnnxRuntimeException error)
        {
            throw new CrossEncoderException($"{path} cannot be loaded: {error.Message.TrimEnd('.')}. Export the model again.", error);
        }

        if (session.InputNames.FirstOrDefault(name => !Known.Contains(name)) is { } unknown)
        {
            session.Dispose();
            throw new CrossEncoderException($"{path} has the input '{unknown}'; known are {string.Join(", ", Known)}.");
        }

        var shape = session.OutputMetadata[session.OutputNames[0]].Dimensions; // -1 where it is not fixed
        if (shape.Length != 2 || (shape[1] > 0 && shape[1] != labels))
        {
            session.Dispose();
            throw new CrossEncoderException(
                $"{path} gives out ({string.Join(", ", shape)}) where (batch, {labels}) was expected, as config.json says. They are not of "
                    + "the same model."
            );
        }

        return new(session, labels);
    }

    /// <summary>Logits of a batch, (texts × labels).</summary>
    /// <exception cref="OperationCanceledException">The work was cancelled, at the next node of the graph.</exception>
    public float[] Run(TokenBatch batch, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        long[] shape = [batch.Texts, batch.Length];
        using var run = new RunOptions();
        using var stop = cancellation.Register(() => run.Terminate = true);
        var values = new List<OrtValue>();
        try
        {
            foreach (var name in _inputs)
                values.Add(OrtValue.CreateTensorValueFromMemory(Data(name, batch), shape));
            using var results = _session.Run(run, _inputs, values, _outputs);
            var logits = results[0].GetTensorDataAsSpan<float>().ToArray();
            return logits.Length == batch.Texts * _labels
                ? logits
                : throw new CrossEncoderException(
                    $"The graph gave {logits.Length} logits for {batch.Texts} pairs; expected {_labels} each."
                );
        }
        catch (OnnxRuntimeException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        finally
        {
            values.ForEach(value => value.Dispose());
        }
    }

    private static long[] Data(string input, TokenBatch batch) =>
        input switch
        {
            "input_ids" => batch.Ids,
            "attention_mask" => Array.ConvertAll(batch.Mask, present => present ? 1L : 0L),
            _ => batch.TypeIds,
        };

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
}
