using System.Text.Json;
using CrossEncoders.Files;
using CrossEncoders.Weights;
using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>The weights of an adapter on disk.</summary>
internal static class LoraWeights
{
    /// <summary>Fills an adapter's weights from the folder.</summary>
    /// <exception cref="CrossEncoderException">The weights do not fit the adapter.</exception>
    public static void ReadWeights(this LoraFiles files, ParameterSet parameters, Device device)
    {
        using ITensorSource weights = files.WeightsFile() is { } file
            ? file.EndsWith(".bin", StringComparison.Ordinal)
                ? new PyTorchFile(file)
                : new SafetensorsFile(file)
            : new SafetensorsFile(Path.Combine(files.Folder, ModelFiles.AdapterWeights[0]));
        // PEFT formerly named a bias beside a changed matrix as if nothing were around it.
        string NameIn(string name) =>
            name.Replace(".base_layer.", ".", StringComparison.Ordinal) is var old
            && !weights.Tensors.ContainsKey(name)
            && weights.Tensors.ContainsKey(old)
                ? old
                : name;
        // With every bias PEFT also writes those of a module that is saved whole a second and a third time.
        static bool IsAgain(string name) =>
            name.Contains(".modules_to_save.", StringComparison.Ordinal) || name.Contains(".original_module.", StringComparison.Ordinal);
        parameters.Load(weights, device, NameIn, mayLack: _ => false, mayIgnore: IsAgain);
        if (parameters.Unexpected is [var first, ..]) // a part of the adapter would be lost
            throw new CrossEncoderException(
                $"The adapter in {files.Folder} changes what this model has no place for: {first}. Check that it was made for this model."
            );
    }

    /// <summary>Writes an adapter; the folder appears whole or not at all.</summary>
    /// <param name="files">What it is, and how it was read.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="matrices">The matrices it changes, as in the model's checkpoint.</param>
    /// <param name="parameters">Its weights.</param>
    /// <param name="baseModel">Hub id or folder of the model below it; null for what it was read with.</param>
    /// <param name="baseClass">The transformers class that the model below it loads as; null where there is none.</param>
    public static void Write(
        this LoraFiles files,
        string folder,
        IReadOnlyList<string> matrices,
        ParameterSet parameters,
        string? baseModel,
        PythonClass? baseClass
    ) => AtomicFolder.Write(folder, building =>
        {
            File.WriteAllText(
                Path.Combine(building, ModelFiles.AdapterConfig),
                files.Config(folder, matrices, baseModel, baseClass).ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n"
            );
            using (NewDisposeScope())
                SafetensorsWriter.Write(Path.Combine(building, ModelFiles.AdapterWeights[0]), parameters.Named());
        });
}
