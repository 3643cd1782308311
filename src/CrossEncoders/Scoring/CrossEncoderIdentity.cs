using CrossEncoders.Runtime;

namespace CrossEncoders.Scoring;

/// <summary>What tells the scores of one cross-encoder from those of another.</summary>
public static class CrossEncoderIdentity
{
    /// <summary>
    /// What has to be the same for another process to give the same scores, for <see cref="ScoringJob"/>: the model as it lies on disk. One
    /// that was trained since has to be saved and loaded first.
    /// </summary>
    public static ScorerIdentity Identity(this CrossEncoder model)
    {
        var options = model.Options;
        var settings = ScorerIdentity.SettingsOf(
            options.BatchSize,
            options.TokenBudget,
            model.MaxLength,
            model.Prompt,
            model.LongDocuments
        );
        settings["engine"] = "libtorch";
        var device = model.Device.Device.type;
        settings["device"] = device.ToString().ToLowerInvariant();
        settings["type"] = model.Model.Parameters.ProductType.ToString().ToLowerInvariant();
        var computes = device == TorchSharp.DeviceType.CUDA ? Gpus() : $"{Processor.Kind}, {TorchSharp.torch.get_num_threads()} threads";
        var machine = $"{computes}, libtorch {NativeBackend.Version}";
        return new(model.Name, ScorerIdentity.FingerprintOf(model.Folders), settings, machine);
    }

    /// <summary>The kinds of GPUs here, as NVIDIA's driver for Linux names them.</summary>
    /// <param name="folder">Its folder of GPUs.</param>
    internal static string Gpus(string folder = "/proc/driver/nvidia/gpus")
    {
        const string Model = "Model:";
        if (!Directory.Exists(folder))
            return "a GPU of unknown kind";
        var names = Directory
            .EnumerateFiles(folder, "information", SearchOption.AllDirectories)
            .SelectMany(File.ReadLines)
            .Where(line => line.StartsWith(Model, StringComparison.Ordinal))
            .Select(line => line[Model.Length..].Trim());
        return string.Join(" and ", names.Distinct().Order(StringComparer.Ordinal));
    }
}
