using CrossEncoders.Weights;
using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>
/// The tensors of a model's folder: the transformer's, and those of each module under "folder/key". Wrappers' prefixes are taken off, which
/// torch.compile ("_orig_mod.") and data-parallel training ("module.") leave in names when a wrapped model is saved.
/// </summary>
internal sealed class ModelWeights : ITensorSource
{
    private readonly List<ITensorSource> _sources = [];
    private readonly Dictionary<string, (ITensorSource Source, string Name)> _places = [];
    private readonly Dictionary<string, TensorInfo> _tensors = [];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors => _tensors;

    /// <summary>Opens the weights of a folder.</summary>
    /// <exception cref="CrossEncoderException">There are none, or they are broken.</exception>
    public static ModelWeights Open(string folder, ModuleList? modules)
    {
        var weights = new ModelWeights();
        try
        {
            weights.Add("", CheckpointWeights.Open(folder));
            foreach (
                var module in modules?.Modules.Where(module =>
                    module is not (NormalizeModule or LogitScoreModule) && module.Path.Length > 0
                ) ?? []
            )
                weights.Add(module.Path + "/", CheckpointWeights.Open(Path.Combine(folder, module.Path)));
            return weights;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Tensor Read(string name) =>
        _places.TryGetValue(name, out var place)
            ? place.Source.Read(place.Name)
            : throw new CrossEncoderException($"The checkpoint has no tensor '{name}'.");

    /// <inheritdoc/>
    public void Dispose() => _sources.ForEach(source => source.Dispose());

    private void Add(string prefix, ITensorSource source)
    {
        _sources.Add(source);
        var names = Unwrapped([.. source.Tensors.Keys]);
        foreach (var (stored, info) in source.Tensors)
        {
            var name = prefix + names[stored];
            _places[name] = (source, stored);
            _tensors[name] = info with { Name = name };
        }
    }

    /// <summary>Each name without the wrappers' prefixes; as it is where two would become one.</summary>
    private static Dictionary<string, string> Unwrapped(IReadOnlyCollection<string> names)
    {
        var clean = names.ToDictionary(name => name, name => name.Replace("_orig_mod.", "", StringComparison.Ordinal));
        while (clean.Count > 0 && clean.Values.All(name => name.StartsWith("module.", StringComparison.Ordinal)))
            clean = clean.ToDictionary(entry => entry.Key, entry => entry.Value["module.".Length..]);
        return clean.Values.Distinct().Count() == clean.Count ? clean : names.ToDictionary(name => name);
    }
}
