using System.Security.Cryptography;
using CrossEncoders.Files;
using CrossEncoders.Weights;
using static TorchSharp.torch;

namespace CrossEncoders.Training;

/// <summary>
/// Checkpoints in an output folder, <c>checkpoint-STEP</c>: each appears whole or not at all, whenever the process is killed, and only the
/// newest few are kept. The best parameters so far are <c>best-STEP.safetensors</c>; those of every kept checkpoint stay.
/// </summary>
internal sealed class Checkpoints(string path, int kept, FolderSteps changes)
{
    private readonly TrainingFolder _folder = new(path, changes);

    /// <summary>Looks at what is in the folder.</summary>
    /// <param name="steps">The steps that the training may come to.</param>
    /// <exception cref="CrossEncoderException">Something is in the way that no training made.</exception>
    public void Open(int steps) => Guarded(() => _folder.Open(steps));

    /// <summary>Notes where a training starts, and removes what an earlier one left in the folder.</summary>
    /// <param name="state">The state before the first step.</param>
    /// <param name="overwrite">Whether the earlier one may have got somewhere.</param>
    /// <exception cref="CrossEncoderException">It has, and may not be removed.</exception>
    public void Begin(TrainingState state, bool overwrite)
    {
        if (!overwrite && _folder.Checkpoints is [.., > 0 and var newest])
            throw new CrossEncoderException(
                $"{Path.GetFullPath(path)} holds a training that came to step {newest}, and this one would replace it. Set "
                    + "TrainingArguments.Resume to go on with it, Overwrite to start again in its place, or choose another OutputFolder."
            );
        Guarded(() => _folder.Begin(state));
    }

    /// <summary>Writes a checkpoint of the parameters and the optimizer.</summary>
    public void Save(TrainingState state, Tensor flat, AdamW optimizer) =>
        Guarded(() =>
        {
            var name = CheckpointNames.Checkpoint(state.Step);
            Action<string> writeState = file => TrainingManifest.Write(file, state);
            _folder.Claim(name);
            if (File.Exists(_folder.At(name, CheckpointNames.State)) && File.Exists(_folder.At(name, CheckpointNames.Tensors)))
            {
                _folder.Place(Path.Combine(name, CheckpointNames.State), writeState); // of this very step: the tensors are the same
            }
            else
            {
                Action<string> writeTensors = file => SafetensorsWriter.Write(file, Tensors(flat, optimizer));
                _folder.Place(name, [(CheckpointNames.Tensors, writeTensors), (CheckpointNames.State, writeState)]);
            }

            int[] steps = [.. _folder.Checkpoints.TakeLast(kept)];
            _folder.RemoveAllBut([.. steps.Select(CheckpointNames.Checkpoint), .. steps.Select(BestOf), BestName(state)]);
        });

    /// <summary>
    /// Reads the newest checkpoint into the parameters and the optimizer, or the start where there is none yet; null without either.
    /// </summary>
    /// <exception cref="CrossEncoderException">
    /// They are of a training with other examples or settings, or the model is no longer the one it started with.
    /// </exception>
    public TrainingState? LoadNewest(string fingerprint, Tensor flat, AdamW optimizer)
    {
        if (_folder.Start is not { } state)
            return null;
        var (newest, source) = ((int?)null, _folder.At(TrainingManifest.FileName));
        if (_folder.Checkpoints is [.., var step])
        {
            (newest, source) = (step, _folder.At(CheckpointNames.Checkpoint(step)));
            state = TrainingManifest.ReadState(Path.Combine(source, CheckpointNames.State), step);
        }

        if (state.Fingerprint != fingerprint)
            throw new CrossEncoderException(
                $"{source} belongs to a training with other examples, settings or model (its fingerprint is {state.Fingerprint[..12]}, "
                    + $"this one's {fingerprint[..12]}). Resume with the same ones, choose another OutputFolder, or start "
                    + "again with Overwrite."
            );
        if (newest is not null)
            LoadCheckpoint(source, flat, optimizer);
        else if (state.StartWeights != HashOf(flat))
            throw new CrossEncoderException(
                $"The training in {path} ended before its first checkpoint, so it can only start again; but the model has "
                    + "other weights than "
                    + "it had at that start, perhaps because it has been trained since. Load the base model again, or train without Resume."
            );
        return state;
    }

    /// <summary>A hash of parameters.</summary>
    public static string HashOf(Tensor flat)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var (start, piece) = (0L, 1L << 24); start < flat.numel(); start += piece)
        {
            using var values = flat.narrow(0, start, Math.Min(piece, flat.numel() - start)).cpu();
            hash.AppendData(values.bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>
    /// Keeps the present parameters as the best so far; those before stay until the next checkpoint, which a resumed training may need.
    /// </summary>
    public void SaveBest(int step, Tensor flat) =>
        Guarded(() =>
        {
            _folder.Claim(CheckpointNames.Best(step));
            _folder.Place(CheckpointNames.Best(step), file => SafetensorsWriter.Write(file, [(CheckpointNames.Parameters, flat)]));
        });

    /// <summary>Brings the best parameters back.</summary>
    /// <exception cref="CrossEncoderException">They are not there, or not those of this model.</exception>
    public void LoadBest(int step, Tensor flat) => Load(_folder.At(CheckpointNames.Best(step)), [(CheckpointNames.Parameters, flat)]);

    private static string BestName(TrainingState state) => state.BestStep is { } step ? CheckpointNames.Best(step) : "";

    /// <summary>The best parameters so far for whoever goes on from a checkpoint; nothing for one that is damaged.</summary>
    private string BestOf(int step)
    {
        try
        {
            return BestName(TrainingManifest.ReadState(_folder.At(CheckpointNames.Checkpoint(step), CheckpointNames.State), step));
        }
        catch (CrossEncoderException)
        {
            return "";
        }
    }

    private static (string Name, Tensor Tensor)[] Tensors(Tensor flat, AdamW optimizer) =>
        [(CheckpointNames.Parameters, flat), ("first_moment", optimizer.FirstMoment), ("second_moment", optimizer.SecondMoment)];

    private void LoadCheckpoint(string checkpoint, Tensor flat, AdamW optimizer)
    {
        try
        {
            Load(Path.Combine(checkpoint, CheckpointNames.Tensors), Tensors(flat, optimizer));
        }
        catch (CrossEncoderException error) when (_folder.Checkpoints.Count > 1)
        {
            throw new CrossEncoderException($"{error.Message} Or delete {checkpoint}, to go on from the checkpoint before it.", error);
        }
    }

    private static void Load(string path, (string Name, Tensor Tensor)[] tensors)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var file = new SafetensorsFile(path);
        (Tensor Stored, Tensor Target)[] all = [.. tensors.Select(each => (file.Read(each.Name), each.Tensor))];
        foreach (var (stored, target) in all)
            if (stored.dtype != target.dtype || !stored.shape.SequenceEqual(target.shape))
                throw new CrossEncoderException(
                    $"'{path}' holds {stored.dtype} ({string.Join(", ", stored.shape)}) where the model has {target.dtype} "
                        + $"({string.Join(", ", target.shape)}). It is damaged or of another model: start again with Overwrite."
                );
        foreach (var (stored, target) in all)
            target.copy_(stored);
    }

    private void Guarded(Action write)
    {
        try
        {
            write();
        }
        catch (Exception error) when (DiskErrors.Is(error))
        {
            throw new CrossEncoderException(
                $"A checkpoint could not be written to {path}: {error.Message} {DiskErrors.Remedy(error)} Earlier checkpoints are "
                    + "intact.",
                error
            );
        }
    }
}
