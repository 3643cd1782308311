using CrossEncoders;
using CrossEncoders.Onnx;
using CrossEncoders.Tokenization;
using static TorchSharp.torch;

namespace RerankServer;

/// <summary>The model that is served.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Scorer">Gives logits.</param>
/// <param name="Activation">Makes a score of a logit, as the checkpoint says.</param>
/// <param name="Tokenizer">Its tokenizer.</param>
public sealed record LoadedModel(string Name, IPassageScorer Scorer, Func<float, float> Activation, TextTokenizer Tokenizer) : IDisposable
{
    /// <summary>Loads the model of the settings.</summary>
    /// <exception cref="CrossEncoderException">It cannot be loaded, has no trained head, or does not give one score a pair.</exception>
    public static LoadedModel Of(ServerSettings settings)
    {
        if (settings.Model is "")
            throw new CrossEncoderException(
                "No model is named. Set Rerank:Model (Rerank__Model in the environment) to a folder or a hub id."
            );
        if (settings.Precision is not ("auto" or "fp32" or "int8"))
            throw new CrossEncoderException($"Rerank:Precision is '{settings.Precision}'; expected 'auto', 'fp32' or 'int8'.");
        if (Directory.Exists(Path.Combine(settings.Model, "onnx")))
        {
            OnnxPrecision? precision = settings.Precision switch
            {
                "fp32" => OnnxPrecision.Fp32,
                "int8" => OnnxPrecision.Quantized,
                _ => null,
            };
            var onnx = OnnxCrossEncoder.FromPretrained(settings.Model, new() { Precision = precision, Report = _ => { } });
            return Checked(new(onnx.Name, onnx, onnx.Activation, onnx.Tokenizer), onnx.Labels);
        }

        ScalarType? type = settings.Precision switch
        {
            "fp32" => ScalarType.Float32,
            "int8" => ScalarType.Int8,
            _ => null,
        };
        var torch = CrossEncoder.FromPretrained(settings.Model, new() { ComputeType = type, Report = _ => { } });
        if (torch.RandomWeights.Count == 0)
            return Checked(new(torch.Name, torch, torch.Activation, torch.Tokenizer), torch.Labels);
        torch.Dispose();
        throw new CrossEncoderException(
            $"{settings.Model} has no trained head, so its scores would be random. Set Rerank:Model to a trained cross-encoder."
        );
    }

    /// <summary>The beginning of a text that has at most so many tokens.</summary>
    public string Beginning(string text, int maxTokens)
    {
        var (fits, longer) = (0, (int)Math.Min(text.Length, 8L * maxTokens));
        while (Tokenizer.CountTokens(text[..longer]) <= maxTokens) // not the whole text: it may be as long as a body
        {
            if (longer == text.Length)
                return text;
            (fits, longer) = (longer, (int)Math.Min(text.Length, 2L * longer));
        }

        while (longer - fits > 1)
        {
            var middle = fits + (longer - fits) / 2;
            if (Tokenizer.CountTokens(text[..middle]) <= maxTokens)
                fits = middle;
            else
                longer = middle;
        }

        return text[..(fits > 0 && char.IsHighSurrogate(text[fits - 1]) ? fits - 1 : fits)];
    }

    /// <inheritdoc/>
    public void Dispose() => (Scorer as IDisposable)?.Dispose();

    private static LoadedModel Checked(LoadedModel model, int labels) =>
        labels == 1
            ? model
            : throw new CrossEncoderException(
                $"The model '{model.Name}' gives {labels} scores a pair; expected a re-ranker, which gives one."
            );
}
