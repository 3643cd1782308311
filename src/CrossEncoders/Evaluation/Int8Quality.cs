using CrossEncoders.Examples;
using CrossEncoders.Runtime;
using static TorchSharp.torch;

namespace CrossEncoders.Evaluation;

/// <summary>Whether a cross-encoder's ranking bears products in 8 bits.</summary>
public static class Int8Quality
{
    /// <summary>
    /// Compares a model's scores from products in 8 bits with those in fp32. <see cref="ServedQuality.NoteIn"/> keeps what it found: where
    /// it passed, the folder is scored in 8 bits on processors like this one from then on, until a model is saved to it.
    /// </summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="examples">
    /// Questions with several passages each, as <see cref="ServedQuality.Verify"/> takes them. The more, the surer: with few, one pair of
    /// passages that change places decides.
    /// </param>
    /// <param name="options">How the model is loaded; its <see cref="CrossEncoderOptions.ComputeType"/> does not count.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <returns>What was found; null where the device computes nothing in 8 bits.</returns>
    /// <exception cref="CrossEncoderException">The model cannot be loaded, or no question has two passages.</exception>
    public static ServedQuality? Of(
        string folder,
        IReadOnlyList<InputExample> examples,
        CrossEncoderOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(examples);
        options ??= new();
        using var exact = CrossEncoder.FromPretrained(
            folder,
            options with
            {
                ComputeType = ScalarType.Float32,
            },
            cancellation: cancellation
        );
        if (!Devices.HasInt8(exact.Device.Device))
            return null;
        using var quantized = CrossEncoder.FromPretrained(
            folder,
            options with
            {
                ComputeType = ScalarType.Int8,
            },
            cancellation: cancellation
        );
        var file = Path.Combine(exact.Folders[0], "model.safetensors");
        var content = exact.Folders is [_] && File.Exists(file) ? QualityNote.ContentOf(file) : null;
        return ServedQuality.Verify(quantized, exact, examples, cancellation) with { Products = content };
    }
}
