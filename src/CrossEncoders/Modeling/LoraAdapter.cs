using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CrossEncoders.Files;
using CrossEncoders.Weights;
using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>The size of an adapter.</summary>
public sealed record LoraOptions
{
    /// <summary>Rank of the product that is added to each matrix.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>The product is scaled by this over <see cref="Rank"/>.</summary>
    public double Alpha { get; init; } = 16;

    /// <summary>Only matrices whose name ends with one of these; null for every matrix of the layers and the head. Query, key and value are one fused matrix: all three or none.</summary>
    public IReadOnlyList<string>? Targets { get; init; }

    /// <summary>Seed of the values the adapter starts from.</summary>
    public int Seed { get; init; } = 42;
}

/// <summary>
/// A low-rank change B·A beside each matrix: it alone is trained and saved, a hundredth of the model, so that optimizer and gradients of a
/// large model fit where they otherwise would not.
/// </summary>
/// <remarks>
/// Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models"; files in the layout of PEFT (<c>adapter_config.json</c>,
/// <c>adapter_model.safetensors</c>), in which this adapter is a plain one without a task type. The head is adapted like the layers.
/// </remarks>
public sealed class LoraAdapter : IDisposable
{
    private const string KeyPrefix = "base_model.model.";
    private const string ConfigFile = "adapter_config.json";
    private const string WeightsFile = "adapter_model.safetensors";
    private static readonly string[] Unread =
    [
        "use_rslora",
        "use_dora",
        "alpha_pattern",
        "rank_pattern",
        "fan_in_fan_out",
        "bias",
        "modules_to_save",
    ];
    private readonly SequenceClassifier _model;
    private readonly List<(Parameter Matrix, LowRank Change)> _changes = [];

    private LoraAdapter(SequenceClassifier model, LoraOptions options)
    {
        if (options.Rank is < 1 or > 4096)
            throw new CrossEncoderException($"The rank of the adapter is {options.Rank}; expected 1 to 4096, 8 being usual.");
        if (model.Adapter is not null)
            throw new CrossEncoderException("The model has an adapter already. Merge or remove it first.");
        (_model, Options) = (model, options);
        CheckTargets();
        foreach (var matrix in model.Parameters.Parameters.Where(IsTarget))
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
    public ParameterSet Parameters { get; } = new();

    /// <summary>Puts a new adapter on a model: it changes nothing until it is trained.</summary>
    /// <exception cref="CrossEncoderException">The model has one already, or nothing fits the options.</exception>
    internal static LoraAdapter Attach(SequenceClassifier model, LoraOptions? options = null)
    {
        var adapter = new LoraAdapter(model, options ?? new());
        adapter.Parameters.Allocate(adapter._model.Parameters.Flat.device);
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

    /// <summary>Puts a saved adapter on the model it was trained for.</summary>
    /// <exception cref="CrossEncoderException">Files are missing or broken, or do not fit the model; nothing changes.</exception>
    internal static LoraAdapter Load(SequenceClassifier model, string folder)
    {
        var path = Path.Combine(folder, ConfigFile);
        if (!File.Exists(path))
            throw new CrossEncoderException(
                $"{folder} is not an adapter: it has no {ConfigFile}. Expected a folder that LoraAdapter.Save wrote."
            );
        LoraOptions options;
        try
        {
            var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
            if (Unread.FirstOrDefault(key => IsSet(json[key])) is { } key)
                throw new CrossEncoderException(
                    $"{path} sets {key} to {json[key]!.ToJsonString()}, and an adapter read without it would give other scores. Merge it into its model with PEFT (merge_and_unload) and load that."
                );
            options = new()
            {
                Rank = (int)json["r"]!,
                Alpha = (double)json["lora_alpha"]!,
                Targets = [.. json["target_modules"]!.AsArray().Select(name => (string)name!)],
            };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or NullReferenceException)
        {
            throw new CrossEncoderException(
                $"{path} cannot be read as an adapter's configuration: {error.Message.TrimEnd('.')}. Expected r, lora_alpha and target_modules.",
                error
            );
        }

        var adapter = new LoraAdapter(model, options);
        try
        {
            using var weights = new SafetensorsFile(Path.Combine(folder, WeightsFile));
            adapter.Parameters.Load(
                weights,
                adapter._model.Parameters.Flat.device,
                name => name,
                mayLack: _ => false,
                mayIgnore: _ => false
            );
            if (adapter.Parameters.Unexpected is [var first, ..]) // a part of the adapter would be lost
                throw new CrossEncoderException(
                    $"The adapter in {folder} changes what this model has no place for: {first}. Check that it was made for this model."
                );
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
    public void Save(string folder, string? baseModel = null) => AtomicFolder.Write(folder, building =>
        {
            var config = new JsonObject
            {
                ["peft_type"] = "LORA",
                ["base_model_name_or_path"] = baseModel,
                ["r"] = Options.Rank,
                ["lora_alpha"] = Options.Alpha,
                ["lora_dropout"] = 0.0,
                ["bias"] = "none",
                ["fan_in_fan_out"] = false,
                ["task_type"] = null,
                ["target_modules"] = new JsonArray([
                    .. _changes.SelectMany(change => change.Matrix.Names).Select(name => (JsonNode)name[..^".weight".Length]),
                ]),
            };
            File.WriteAllText(
                Path.Combine(building, ConfigFile),
                config.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n"
            );
            using (NewDisposeScope())
                SafetensorsWriter.Write(Path.Combine(building, WeightsFile), Parameters.Named());
        });

    /// <summary>Adds the change to the model's own weights, which then compute as fast as before, and removes the adapter.</summary>
    public void Merge()
    {
        using (no_grad())
        using (NewDisposeScope())
        {
            foreach (var (matrix, change) in _changes)
                matrix.Master.add_(change.Product());
        }

        _model.Parameters.Refresh();
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
            $"LoRA of rank {Options.Rank} on {_changes.Count} matrices: {Parameters.Flat.numel():N0} of {_model.Parameters.Flat.numel():N0} weights"
        );

    private void Connect()
    {
        foreach (var (matrix, change) in _changes)
            matrix.Change = change;
        _model.Adapter = this;
        Parameters.SetComputeType(_model.Parameters.ComputeType);
    }

    /// <summary>Every target has to be there, and fused matrices have to be named together.</summary>
    private void CheckTargets()
    {
        if (Options.Targets is not { } targets)
            return;
        var matrices = _model.Parameters.Parameters.Where(IsMatrix).ToList();
        var missing = targets.Where(target => !matrices.Any(matrix => matrix.Names.Any(name => EndsWith(name, target)))).ToList();
        if (targets.Count == 0 || missing.Count > 0)
            throw new CrossEncoderException(
                $"No matrix of the model ends with {string.Join(" or ", missing)}. There are, for example: {string.Join(", ", matrices.Take(6).Select(matrix => matrix.Names[0]))}."
            );
        if (matrices.FirstOrDefault(matrix => matrix.Names.Any(IsNamed) && !IsTarget(matrix)) is { } half)
            throw new CrossEncoderException(
                $"Of one fused matrix the targets [{string.Join(", ", targets)}] name a part only. Name {string.Join(", ", half.Names.Select(name => name.Split('.')[^2]))}: all or none."
            );
    }

    private bool IsTarget(Parameter parameter) => IsMatrix(parameter) && parameter.Names.All(IsNamed);

    private bool IsNamed(string name) => Options.Targets is null || Options.Targets.Any(target => EndsWith(name, target));

    private static bool EndsWith(string name, string target) =>
        name == target + ".weight" || name.EndsWith($".{target}.weight", StringComparison.Ordinal);

    /// <summary>Whether a setting of PEFT says anything: not null, false, "none" or empty.</summary>
    private static bool IsSet(JsonNode? setting) =>
        setting switch
        {
            JsonArray list => list.Count > 0,
            JsonObject map => map.Count > 0,
            _ => setting?.ToJsonString() is not (null or "false" or "\"none\""),
        };

    private static bool IsMatrix(Parameter parameter) => parameter.Kind == ParameterKind.Matrix;
}

/// <summary>The change beside one matrix, or beside several that are fused.</summary>
internal sealed record LowRank(Parameter Down, Parameter Up, double Scale, int Parts)
{
    /// <summary>(…, inputs) to (…, count × outputs), of the fused parts from <paramref name="first"/> on.</summary>
    public Tensor Forward(Tensor states, int first, int count)
    {
        var parts = Enumerable
            .Range(first, count)
            .Select(part =>
            {
                var (down, up) = Part(part, states.dtype);
                return nn.functional.linear(nn.functional.linear(states, down), up);
            })
            .ToList();
        return (count == 1 ? parts[0] : cat(parts, -1)) * Scale;
    }

    /// <summary>The change as a matrix, fp32 (parts × outputs, inputs).</summary>
    public Tensor Product() =>
        cat([
            .. Enumerable
                .Range(0, Parts)
                .Select(part =>
                {
                    var (rank, rows) = (Down.PartShape[0], Up.PartShape[0]);
                    return Up.Master.narrow(0, part * rows, rows).matmul(Down.Master.narrow(0, part * rank, rank));
                }),
        ]) * Scale;

    private (Tensor Down, Tensor Up) Part(int part, ScalarType type)
    {
        var (rank, rows) = (Down.PartShape[0], Up.PartShape[0]);
        return (Down.Value.narrow(0, part * rank, rank).to_type(type), Up.Value.narrow(0, part * rows, rows).to_type(type));
    }
}
