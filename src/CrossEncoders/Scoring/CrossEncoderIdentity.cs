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
        settings["device"] = model.Device.Device.type.ToString().ToLowerInvariant();
        settings["type"] = model.Model.Parameters.ComputeType.ToString().ToLowerInvariant();
        var machine = $"{Processor.InstructionSet}, {TorchSharp.torch.get_num_threads()} threads";
        return new(model.Name, ScorerIdentity.FingerprintOf(model.Folders), settings, machine);
    }
}
