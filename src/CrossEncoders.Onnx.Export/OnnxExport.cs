using System.Text.Json.Nodes;
using CrossEncoders.Evaluation;
using CrossEncoders.Files;
using CrossEncoders.Onnx.Graph;
using CrossEncoders.Runtime;
using CrossEncoders.Training;
using static TorchSharp.torch;

namespace CrossEncoders.Onnx;

/// <summary>Writes a loaded cross-encoder as a graph that ONNX Runtime, and whatever else reads the format, computes.</summary>
public static class OnnxExport
{
    private const string Weights = "weights"; // the fact that tells exports of one model from those of another training

    /// <summary>
    /// Writes <c>onnx/model.onnx</c>, or the file of another precision, with configuration and tokenizer beside the folder "onnx": what
    /// <see cref="OnnxCrossEncoder"/> loads, and the ONNX back ends of sentence-transformers and optimum. The graph takes any number of
    /// pairs of any length up to the model's limit, and has the operators of opset 17 alone. A decoder that scores by the logits of two
    /// tokens gives the score itself, (batch, 1), and not the logits of all tokens that back ends for causal models expect.
    /// </summary>
    /// <param name="model">The model; not while it is trained or scores elsewhere, as the comparison computes in fp32.</param>
    /// <param name="folder">
    /// The folder; one that holds the same model (saved before, or exported in another precision) is added to.
    /// </param>
    /// <param name="options">Precision and comparison; null for fp32 without one.</param>
    /// <param name="cancellation">Ends the comparison.</param>
    /// <exception cref="CrossEncoderException">
    /// Something of the model is not exported, the exported model ranks too much worse than the checkpoint, or the folder holds another
    /// model or cannot be written. What was there before still is, and nothing else.
    /// </exception>
    public static OnnxExportResult ExportOnnx(
        this CrossEncoder model,
        string folder,
        OnnxExportOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new();
        if (model.Model.Adapter is not null)
            throw new CrossEncoderException("The model has an adapter. Merge it first (Adapter.Merge) to export the whole.");
        if (model.RandomWeights.Count > 0)
            throw new CrossEncoderException($"{model.Name} has no trained head, so its scores are random. Train it before it is exported.");
        if (options is { Precision: OnnxPrecision.Quantized, Validation: null, LeastNdcgShare: > 0 })
            throw new CrossEncoderException(
                "A model in 8 bits may rank worse, and no pairs to see that on were given. Give the options Validation, or set "
                    + $"{nameof(OnnxExportOptions.LeastNdcgShare)} to 0 to export it as it is."
            );
        var relative = OnnxFiles.Of(options.Precision);
        var target = Path.GetFullPath(Path.TrimEndingDirectorySeparator(folder));
        var building = Path.Combine(Path.GetDirectoryName(target) ?? target, $".{Path.GetFileName(target)}.onnx~{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(Path.Combine(building, OnnxFiles.Folder));
            ModelSaving.SaveDescription(model, building, ScalarType.Float32);
            var path = Path.Combine(building, relative);
            GraphFile.Write(path, GraphFile.Build(model.Model, Form(options.Precision), Facts(model, options.Precision)));
            var quality = options.Validation is null ? null : Compared(model, building, relative, options, cancellation);
            if (quality is not null)
                GraphFile.AddFacts(path, new Dictionary<string, string> { ["quality"] = quality.ToString() });
            var bytes = Directory.EnumerateFiles(Path.GetDirectoryName(path)!).Sum(file => new FileInfo(file).Length);
            var notes = QualityNote.In(target).Where(note => note.File != relative).ToList();
            if (quality is not null)
                notes.Add(quality.Note(path, relative));
            if (notes.Count > 0 || File.Exists(Path.Combine(target, QualityNote.Place)))
                QualityNote.Write(building, notes);
            RequireSameWeights(model, target, relative);
            Place(building, target);
            return new(Path.Combine(target, relative), bytes, quality);
        }
        catch (Exception error) when (DiskErrors.Is(error))
        {
            throw new CrossEncoderException($"{target} could not be written: {error.Message} {DiskErrors.Remedy(error)}", error);
        }
        finally
        {
            if (Directory.Exists(building))
                Directory.Delete(building, recursive: true);
        }
    }

    private static IWeightForm Form(OnnxPrecision precision) =>
        precision switch
        {
            OnnxPrecision.Fp16 => new HalfForm(),
            OnnxPrecision.Quantized => new QuantizedForm(),
            _ => new FullForm(),
        };

    private static Dictionary<string, string> Facts(CrossEncoder model, OnnxPrecision precision) =>
        new()
        {
            ["architecture"] = model.Model.Architecture,
            ["model_type"] = model.Model.Config.ModelType,
            ["precision"] = precision.ToString(),
            ["operators"] = $"opset {Operators.Opset} alone",
            ["longest"] = $"{model.Model.Encoder.MaxLength} tokens",
            [Weights] = HashOf(model),
        };

    /// <summary>The comparison with the checkpoint in fp32, whatever type it computes in otherwise.</summary>
    private static ServedQuality Compared(
        CrossEncoder model,
        string building,
        string relative,
        OnnxExportOptions options,
        CancellationToken cancellation
    )
    {
        var type = model.Model.Parameters.ProductType;
        using var served = OnnxCrossEncoder.FromPretrained(
            building,
            new()
            {
                File = relative,
                MaxLength = model.MaxLength,
                LongDocuments = model.LongDocuments,
                Prompt = model.Prompt,
                Report = _ => { },
            },
            cancellation: cancellation
        );
        ServedQuality quality;
        model.Model.SetComputeType(ScalarType.Float32);
        try
        {
            quality = ServedQuality.Verify(served, model, options.Validation!, cancellation);
        }
        finally
        {
            model.Model.SetComputeType(type);
        }

        return quality.NdcgShare >= options.LeastNdcgShare
            ? quality
            : throw new CrossEncoderException(
                $"The model exported as {options.Precision} ranks worse than the checkpoint: {quality}. At least "
                    + $"{100 * options.LeastNdcgShare:0.##} % were expected. Export in another precision, or set "
                    + $"{nameof(OnnxExportOptions.LeastNdcgShare)} to what is good enough."
            );
    }

    private static string HashOf(CrossEncoder model) => Checkpoints.HashOf(model.Model.Parameters.Flat)[..16];

    /// <summary>Refuses a folder whose checkpoint, or whose export in another precision, is of another training of the model.</summary>
    private static void RequireSameWeights(CrossEncoder model, string target, string replaced)
    {
        CrossEncoderException Other(string file) =>
            new($"{target} holds another model: its {file} has other weights. Name another folder, or remove what is there.");
        var hash = HashOf(model);
        var others = Enum.GetValues<OnnxPrecision>().Select(OnnxFiles.Of).Where(file => file != replaced);
        foreach (var file in others.Where(file => File.Exists(Path.Combine(target, file))))
            if (GraphFile.Fact(Path.Combine(target, file), Weights) is { } fact && fact != hash) // of other programs there is none
                throw Other(file);
        if (!File.Exists(Path.Combine(target, "model.safetensors")) || !File.Exists(Path.Combine(target, ModelFiles.Config)))
            return;
        using var saved = CrossEncoder.FromPretrained(
            target,
            new()
            {
                Device = "cpu",
                ComputeType = ScalarType.Float32,
                Report = _ => { },
            }
        );
        using var exported = model.Model.Parameters.Flat.cpu();
        // A checkpoint may be saved in 16 bits.
        bool IsStoredAs(ScalarType type)
        {
            using var stored = exported.to(type);
            using var read = stored.to(ScalarType.Float32);
            return saved.Model.Parameters.Flat is var flat && flat.numel() == read.numel() && flat.allclose(read, 0, 0);
        }

        if (!((ScalarType[])[ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16]).Any(IsStoredAs))
            throw Other("model.safetensors");
    }

    /// <summary>Moves the files to their places, the configuration last; those of the same model that are there already stay.</summary>
    private static void Place(string building, string target)
    {
        if (Directory.Exists(target))
            AtomicFolder.Recover(target);
        var files = FolderSteps.Files(building).OrderBy(name => name == ModelFiles.Config).ToList();
        bool IsNew(string name) => name.StartsWith(OnnxFiles.Folder, StringComparison.Ordinal) || !File.Exists(Path.Combine(target, name));
        if (files.Find(name => !IsNew(name) && !IsSame(Path.Combine(building, name), Path.Combine(target, name))) is { } other)
            throw new CrossEncoderException(
                $"{target} holds another model: its {other} differs. Name another folder, or save the model there first (SavePretrained)."
            );
        FolderSteps.FlushFiles(building);
        foreach (var name in files.Where(IsNew))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(target, name))!);
            File.Move(Path.Combine(building, name), Path.Combine(target, name), overwrite: true);
        }
    }

    private static bool IsSame(string path, string other)
    {
        if (Path.GetFileName(path) != ModelFiles.Config)
            return File.ReadAllBytes(path).AsSpan().SequenceEqual(File.ReadAllBytes(other));
        static JsonNode? Shape(string path)
        {
            var json = JsonNode.Parse(File.ReadAllText(path));
            (json as JsonObject)?.Remove("dtype"); // of the weights beside it
            (json as JsonObject)?.Remove("torch_dtype");
            return json;
        }

        return JsonNode.DeepEquals(Shape(path), Shape(other));
    }
}
