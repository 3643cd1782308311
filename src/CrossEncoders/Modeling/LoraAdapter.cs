using System.Globalization;
using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>
/// A low-rank change B·A beside each matrix: it alone is trained and saved, a hundredth of the model, so that optimizer and gradients of a
/// large model fit where they otherwise would not. <c>CrossEncoder.AttachAdapter</c> and <c>LoadAdapter</c> make
/// one.
/// </summary>
/// <remarks>
/// Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models"; files in the layout of PEFT (<c>adapter_config.json</c>,
/// <c>adapter_model.safetensors</c>), in which this adapter is a plain one without a task type. The head is adapted like the layers.
/// </remarks>
public sealed class LoraAdapter : IDisposable
{
    private const string KeyPrefix = "base_model.model.";
    private readonly ParameterSet _model;
    private readonly List<(Parameter Matrix, LowRank Change)> _changes = [];

    private LoraAdapter(ParameterSet model, LoraOptions options)
    {
        if (options.Rank is < 1 or > 4096)
            throw new CrossEncoderException($"The rank of the adapter is {options.Rank}; expected 1 to 4096, 8 being usual.");
        if (model.Adapter is not null)
            throw new CrossEncoderException("The model has an adapter already. Merge or remove it first.");
        (_model, Options) = (model, options);
        CheckTargets();
        foreach (var matrix in model.Parameters.Where(IsTarget))
        {
            string[] Keys(string letter) =>
                [.. matrix.Names.Select(name => $"{KeyPrefix}{name[..^".weight".Length]}.lora_{letter}.weight")];
            var down = Parameters.Add(ParameterKind.Matrix, [options.Rank, matrix.PartShape[1]], Keys("A"));
            var up = Parameters.Add(ParameterKind.Matrix, [matrix.PartShape[0], options.Rank], Keys("B"));
            _changes.Add((matrix, new(down, up, options.Alpha / options.Rank, matrix.Names.Count)));
        }
    }

    /// <summary>Its size.</summary>
    public LoraOptions Options { get; }

    /// <summary>Its weights, which a training changes instead of the model's.</summary>
    internal ParameterSet Parameters { get; } = new();

    /// <summary>Puts a new adapter on a model's parameters: it changes nothing until it is trained.</summary>
    /// <exception cref="CrossEncoderException">They have one already, or nothing fits the options.</exception>
    internal static LoraAdapter Attach(ParameterSet model, LoraOptions? options = null)
    {
        var adapter = new LoraAdapter(model, options ?? new());
        adapter.Parameters.Allocate(model.Flat.device);
        var random = new Random(adapter.Options.Seed); // not the one dropout draws from
        using (no_grad())
        using (NewDisposeScope())
        {
            foreach (var (_, change) in adapter._changes) // kaiming_uniform(a = √5), as PEFT initializes A; B stays zero
            {
                var (values, bound) = (new float[change.Down.Count], 1 / MathF.Sqrt(change.Down.PartShape[1]));
                for (var i = 0; i < values.Length; i++)
                    values[i] = (2 * random.NextSingle() - 1) * bound;
                change.Down.Master.copy_(tensor(values, change.Down.Master.shape));
            }
        }

        adapter.Connect();
        return adapter;
    }

    /// <summary>Puts a saved adapter on the parameters of the model it was trained for.</summary>
    /// <exception cref="CrossEncoderException">Files are missing or broken, or do not fit the model; nothing changes.</exception>
    internal static LoraAdapter Load(ParameterSet model, string folder)
    {
        var adapter = new LoraAdapter(model, LoraFiles.ReadOptions(folder));
        try
        {
            LoraFiles.ReadWeights(folder, adapter.Parameters, model.Flat.device);
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
    /// <param name="baseModel">Hub id or folder of the model below it, for the reader of the files.</param>
    /// <exception cref="CrossEncoderException">The folder cannot be written.</exception>
    public void Save(string folder, string? baseModel = null) =>
        LoraFiles.Write(folder, Options, _changes.SelectMany(change => change.Matrix.Names), Parameters, baseModel);

    /// <summary>Adds the change to the model's own weights, which then compute as fast as before, and removes the adapter.</summary>
    public void Merge()
    {
        using (no_grad())
        using (NewDisposeScope())
        {
            foreach (var (matrix, change) in _changes)
                matrix.Master.add_(change.Product());
        }

        _model.Refresh();
        Dispose();
    }

    /// <summary>Removes the adapter; the model is as it was before.</summary>
    public void Dispose()
    {
        foreach (var (matrix, _) in _changes)
            matrix.Change = null;
        if (ReferenceEquals(_model.Adapter, this))
            _model.Adapter = null;
        Parameters.Dispose();
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"LoRA of rank {Options.Rank} on {_changes.Count} matrices: {Parameters.Flat.numel():N0} of {_model.Flat.numel():N0} weights"
        );

    private void Connect()
    {
        foreach (var (matrix, change) in _changes)
            matrix.Change = change;
        _model.Adapter = this;
        Parameters.SetComputeType(_model.ComputeType);
    }

    /// <summary>Every target has to be there, and fused matrices have to be named together.</summary>
    private void CheckTargets()
    {
        if (Options.Targets is not { } targets)
            return;
        var matrices = _model.Parameters.Where(IsMatrix).ToList();
        var missing = targets.Where(target => !matrices.Any(matrix => matrix.Names.Any(name => EndsWith(name, target)))).ToList();
        if (targets.Count == 0 || missing.Count > 0)
            throw new CrossEncoderException(
                $"No matrix of the model ends with {string.Join(" or ", missing)}. There are, for example: "
                    + $"{string.Join(", ", matrices.Take(6).Select(matrix => matrix.Names[0]))}."
            );
        if (matrices.FirstOrDefault(matrix => matrix.Names.Any(IsNamed) && !IsTarget(matrix)) is { } half)
            throw new CrossEncoderException(
                $"Of one fused matrix the targets [{string.Join(", ", targets)}] name a part only. Name "
                    + $"{string.Join(", ", half.Names.Select(name => name.Split('.')[^2]))}: all or none."
            );
    }

    private bool IsTarget(Parameter parameter) => IsMatrix(parameter) && parameter.Names.All(IsNamed);

    private bool IsNamed(string name) => Options.Targets is null || Options.Targets.Any(target => EndsWith(name, target));

    private static bool EndsWith(string name, string target) =>
        name == target + ".weight" || name.EndsWith($".{target}.weight", StringComparison.Ordinal);

    private static bool IsMatrix(Parameter parameter) => parameter.Kind == ParameterKind.Matrix;
}
