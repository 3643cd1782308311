using System.Text.Json;
using TorchSharp;

namespace CrossEncoders.Weights;

/// <summary>Tensors spread over several files, found through an index such as <c>model.safetensors.index.json</c>.</summary>
internal sealed class ShardedTensors : ITensorSource
{
    private readonly Dictionary<string, ITensorSource> _shards = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ITensorSource> _shardOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorInfo> _tensors = new(StringComparer.Ordinal);

    /// <summary>Opens every shard and checks that it holds what the index says.</summary>
    public ShardedTensors(string indexPath, Func<string, ITensorSource> open)
    {
        IndexPath = indexPath;
        try
        {
            foreach (var (name, file) in Parse(indexPath))
            {
                if (!_shards.TryGetValue(file, out var shard))
                    _shards.Add(file, shard = OpenShard(file, open));
                if (!shard.Tensors.TryGetValue(name, out var info))
                    throw new CrossEncoderException($"'{indexPath}' says that the tensor '{name}' is in '{file}', but it is not.");
                _tensors.Add(name, info);
                _shardOf.Add(name, shard);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The index file.</summary>
    public string IndexPath { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors => _tensors;

    /// <inheritdoc/>
    public torch.Tensor Read(string name) =>
        _shardOf.TryGetValue(name, out var shard) ? shard.Read(name) : throw CheckpointWeights.NoSuchTensor(IndexPath, name, Tensors);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var shard in _shards.Values)
            shard.Dispose();
    }

    /// <summary>The map from tensor names to file names in an index.</summary>
    /// <exception cref="CrossEncoderException">The index is not sound, or names a file outside its folder.</exception>
    public static IReadOnlyDictionary<string, string> Parse(string indexPath)
    {
        try
        {
            using var stream = File.OpenRead(indexPath);
            using var json = JsonDocument.Parse(stream);
            var map = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var entry in json.RootElement.GetProperty("weight_map").EnumerateObject())
            {
                var file = entry.Value.GetString()!;
                if (file.Length == 0 || file is "." or ".." || file.AsSpan().ContainsAny("/\\:\0"))
                    throw new CrossEncoderException($"'{indexPath}' names the shard '{file}'; a plain file name was expected.");
                if (!map.TryAdd(entry.Name, file))
                    throw new CrossEncoderException($"'{indexPath}' has the tensor '{entry.Name}' twice.");
            }

            return map;
        }
        catch (Exception error)
            when (error
                    is IOException
                        or UnauthorizedAccessException
                        or JsonException
                        or InvalidOperationException
                        or KeyNotFoundException
                        or NullReferenceException
            )
        {
            throw new CrossEncoderException(
                $"'{indexPath}' is not a sound index: an object "
                    + $"\"weight_map\" from tensor names to file names was expected ({error.Message}).",
                error
            );
        }
    }

    private ITensorSource OpenShard(string file, Func<string, ITensorSource> open)
    {
        var path = Path.Combine(Path.GetDirectoryName(IndexPath)!, file);
        if (!File.Exists(path))
            throw new CrossEncoderException($"'{IndexPath}' needs the shard '{file}', which is not beside it. Download the model again.");
        return open(path);
    }
}
