using System.Globalization;
using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>
/// A low-rank change B·A beside each matrix, and a copy of each module that is trained whole: they alone are trained and saved, a hundredth
/// of the model, so that optimizer and gradients of a large model fit where they otherwise would not.
/// <c>CrossEncoder.AttachAdapter</c>, <c>LoadAdapter</c> and <c>FromPretrained</c> of an adapter's folder make one.
/// </summary>
/// <remarks>
/// Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models"; files in the layout of PEFT (<c>adapter_config.json</c>,
/// <c>adapter_model.safetensors</c>). The head is adapted like the layers unless it is trained whole.
/// </remarks>
public sealed class LoraAdapter : IDisposable
{
    private const string KeyPrefix = "base_model.model.";
    private readonly ParameterSet _model;
    private readonly LoraFiles? _files;
    private PythonClass? _baseClass;
    private readonly List<(Parameter Matrix, int Part, LowRank Change)> _changes = [];
    private readonly List<(Parameter Own, int Part, Parameter Copy)> _copies = [];

    private LoraAdapter(ParameterSet model, LoraOptions options, LoraFiles? files)
    {
        if (model.Adapter is not null)
            throw new CrossEncoderException("The model has an adapter already. Merge or remove it first.");
        (_model, Options, _files) = (model, options, files);
        var targets = new LoraTargets(model, options);
        targets.Check();
        var scale = options.Alpha / (options.RankStabilized ? Math.Sqrt(options.Rank) : options.Rank);
        foreach (var own in model.Parameters)
        {
            foreach (var (part, name) in own.Names.Index())
            {
                if (targets.SavedAs(name) is { } saved)
                    _copies.Add((own, part, Parameters.Add(own.Kind, [.. own.PartShape], KeyPrefix + saved)));
                else if (targets.IsChanged(own, name))
                    _changes.Add((own, part, Change(KeyPrefix + LoraTargets.Module(name), own.PartShape, scale)));
            }
        }
    }

    /// <summary>Its size, and what it changes.</summary>
    public LoraOptions Options { get; }

    /// <summary>Its weights, which a training changes instead of the model's.</summary>
    internal ParameterSet Parameters { get; } = new();

    /// <summary>Puts a new adapter on a model's parameters: it changes nothing until it is trained.</summary>
    /// <exception cref="CrossEncoderException">They have one already, or nothing fits the options.</exception>
    internal static LoraAdapter Attach(ParameterSet model, LoraOptions? options = null, PythonClass? baseClass = null)
    {
        options ??= new();
        options = options with { ModulesToSave = options.ModulesToSave ?? [.. model.Fresh.Select(LoraTargets.Module).Distinct()] };
        new LoraTargets(model, options).CheckModules();
        var adapter = new LoraAdapter(model, options, null) { _baseClass = baseClass };
        adapter.Parameters.Allocate(model.Flat.device);
        var random = new Random(adapter.Options.Seed); // not the one dropout draws from
        using (no_grad())
        using (NewDisposeScope())
        {
            foreach (var (_, _, change) in adapter._changes) // kaiming_uniform(a = √5), as PEFT initializes A; B stays zero
            {
                var (values, bound) = (new float[change.Down.Count], 1 / MathF.Sqrt(change.Down.PartShape[1]));
                for (var i = 0; i < values.Length; i++)
                    values[i] = (2 * random.NextSingle() - 1) * bound;
                change.Down.Master.copy_(tensor(values, change.Down.Master.shape));
            }

            foreach (var (own, part, copy) in adapter._copies)
                copy.Master.copy_(own.Part(own.Master, part));
        }

        adapter.Connect();
        return adapter;
    }

    /// <summary>Puts a saved adapter on the parameters of the model it was trained for.</summary>
    /// <exception cref="CrossEncoderException">Files are missing or broken, or do not fit the model; nothing changes.</exception>
    internal static LoraAdapter Load(ParameterSet model, LoraFiles files)
    {
        var adapter = new LoraAdapter(model, files.Options, files);
        try
        {
            files.ReadWeights(adapter.Parameters, model.Flat.device);
        }
        catch
        {
            adapter.Parameters.Dispose();
            throw;
        }

        adapter.Connect();
        return adapter;
    }

    /// <summary>Writes the adapter alone; the folder appears whole or not at all.</summary>
    /// <param name="folder">The folder to write; one that exists is replaced.</param>
    /// <param name="baseModel">
    /// Hub id or folder of the model below it, for the reader of the files; null for what the adapter came with.
    /// </param>
    /// <exception cref="CrossEncoderException">The folder cannot be written.</exception>
    public void Save(string folder, string? baseModel = null) =>
        (_files ?? new(folder, Options, [])).Write(
            folder,
            [.. _changes.Select(change => LoraTargets.Module(change.Matrix.Names[change.Part]))],
            Parameters,
            baseModel,
            _baseClass
        );

    /// <summary>Adds the change to the model's own weights, which then compute as fast as before, and removes the adapter.</summary>
    public void Merge()
    {
        using (no_grad())
        using (NewDisposeScope())
        {
            foreach (var (matrix, part, change) in _changes)
                matrix.Part(matrix.Master, part).PlusInPlace(change.Product());
            foreach (var (own, part, copy) in _copies)
                own.Part(own.Master, part).copy_(copy.Master);
        }

        _model.Refresh();
        Dispose();
    }

    /// <summary>Removes the adapter, where it is still on the model, which is then as it was before.</summary>
    public void Dispose()
    {
        if (ReferenceEquals(_model.Adapter, this)) // another may have come after it
        {
            foreach (var parameter in _model.Parameters)
                (parameter.Changes, parameter.Copies) = (null, null);
            _model.Adapter = null;
        }

        Parameters.Dispose();
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"LoRA of rank {Options.Rank} on {_changes.Count} matrices: {Parameters.Flat.numel():N0} of {_model.Flat.numel():N0} weights"
        );

    /// <summary>Those of the model's tensors that the adapter has no copy of.</summary>
    internal IReadOnlyList<string> NotIn(IReadOnlyList<string> names) =>
        [.. names.Except(_copies.Select(copy => copy.Own.Names[copy.Part]))];

    private LowRank Change(string key, IReadOnlyList<long> shape, double scale) =>
        new(
            Parameters.Add(ParameterKind.Matrix, [Options.Rank, shape[1]], $"{key}.lora_A.weight"),
            Parameters.Add(ParameterKind.Matrix, [shape[0], Options.Rank], $"{key}.lora_B.weight"),
            scale
        );

    private void Connect()
    {
        foreach (var (matrix, part, change) in _changes)
            (matrix.Changes ??= new LowRank?[matrix.Names.Count])[part] = change;
        foreach (var (own, part, copy) in _copies)
            (own.Copies ??= new Parameter?[own.Names.Count])[part] = copy;
        _model.Adapter = this;
        Parameters.SetComputeType(_model.ComputeType);
    }
}
