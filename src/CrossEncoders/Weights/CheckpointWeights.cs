namespace CrossEncoders.Weights;

/// <summary>Finds and opens the weights of a model folder in Hugging Face layout.</summary>
internal static class CheckpointWeights
{
    /// <summary>
    /// Opens <c>model.safetensors</c>, else the shards of <c>model.safetensors.index.json</c>, else <c>pytorch_model.bin</c>,
    /// else the shards of <c>pytorch_model.bin.index.json</c>.
    /// </summary>
    /// <exception cref="CrossEncoderException">None of them is there, or the one found is not sound.</exception>
    public static ITensorSource Open(string folder)
    {
        if (!Directory.Exists(folder))
            throw new CrossEncoderException($"There is no folder '{folder}' to read weights from.");
        if (Find("model.safetensors") is { } single)
            return new SafetensorsFile(single);
        if (Find("model.safetensors.index.json") is { } index)
            return new ShardedTensors(index, path => new SafetensorsFile(path));
        if (Find("pytorch_model.bin") is { } pickled)
            return new PyTorchFile(pickled);
        if (Find("pytorch_model.bin.index.json") is { } bins)
            return new ShardedTensors(bins, path => new PyTorchFile(path));
        throw new CrossEncoderException(
            $"The folder '{folder}' has no weights: model.safetensors, model.safetensors.index.json, pytorch_model.bin or "
                + $"pytorch_model.bin.index.json was expected; it has {Contents(folder)}."
        );

        string? Find(string name) => Path.Combine(folder, name) is var path && File.Exists(path) ? path : null;
    }

    private static string Contents(string folder)
    {
        var names = new DirectoryInfo(folder).EnumerateFileSystemInfos().Select(entry => entry.Name).Order(StringComparer.Ordinal).ToList();
        return names.Count == 0 ? "no files" : Excerpt.List(names, 20);
    }

    internal static CrossEncoderException NoSuchTensor(string path, string name, IReadOnlyDictionary<string, TensorInfo> tensors) =>
        new($"'{path}' has no tensor '{Excerpt.Of(name, 200)}'. It has {Excerpt.List([.. tensors.Keys], 3)}.");
}
