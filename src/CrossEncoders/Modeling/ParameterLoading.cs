using CrossEncoders.Weights;
using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>Fills a model's parameters from a checkpoint; names and shapes are compared before any memory is taken.</summary>
internal static class ParameterLoading
{
    private const int Shown = 40;

    /// <summary>Allocates the parameters and fills them.</summary>
    /// <param name="parameters">The parameters, not allocated yet.</param>
    /// <param name="source">The checkpoint's tensors.</param>
    /// <param name="device">Where the parameters go.</param>
    /// <param name="rename">Maps a parameter's name to the checkpoint's, for example without the "bert." in front.</param>
    /// <param name="mayLack">Names that stay zero where the checkpoint lacks them, to be initialized by the caller.</param>
    /// <param name="mayIgnore">
    /// Names in the checkpoint that are known not to be needed; others go to <see cref="ParameterSet.Unexpected"/>.
    /// </param>
    /// <returns>The parameters that the checkpoint lacked.</returns>
    /// <exception cref="CrossEncoderException">
    /// Names are missing, or shapes differ (all are listed, and unexpected names with them); or a value is not a finite number.
    /// </exception>
    public static IReadOnlyList<string> Load(
        this ParameterSet parameters,
        ITensorSource source,
        Device device,
        Func<string, string> rename,
        Func<string, bool> mayLack,
        Func<string, bool> mayIgnore
    )
    {
        var (problems, lacked) = Compare(parameters, source, rename, mayLack);
        var used = parameters.Parameters.SelectMany(parameter => parameter.Names).Select(rename).ToHashSet();
        parameters.Unexpected = [.. source.Tensors.Keys.Where(name => !used.Contains(name) && !mayIgnore(name))];
        if (problems.Count > 0)
            throw DoesNotFit(
                [.. problems, .. parameters.Unexpected.Select(name => $"unexpected {name}: found {Shape(source.Tensors[name].Shape)}")],
                Prefix(used.Where(name => !source.Tensors.ContainsKey(name)), parameters.Unexpected)
            );

        parameters.Allocate(device);
        using var guard = no_grad();
        foreach (var (name, view) in parameters.Named())
        {
            using (view)
            {
                if (!source.Tensors.ContainsKey(rename(name)))
                    continue;
                using var stored = source.Read(rename(name));
                CheckFinite(stored, rename(name));
                view.copy_(stored);
            }
        }

        return lacked;
    }

    private static (List<string> Problems, List<string> Lacked) Compare(
        ParameterSet parameters,
        ITensorSource source,
        Func<string, string> rename,
        Func<string, bool> mayLack
    )
    {
        var (problems, lacked) = (new List<string>(), new List<string>());
        foreach (var parameter in parameters.Parameters)
        {
            foreach (var name in parameter.Names)
            {
                var stored = rename(name);
                if (!source.Tensors.TryGetValue(stored, out var info))
                {
                    if (mayLack(name))
                        lacked.Add(name);
                    else
                        problems.Add($"missing    {stored}: expected {Shape(parameter.PartShape)}");
                }
                else if (!info.Shape.SequenceEqual(parameter.PartShape))
                {
                    problems.Add($"wrong shape {stored}: expected {Shape(parameter.PartShape)}, found {Shape(info.Shape)}");
                }
            }
        }

        return (problems, lacked);
    }

    private static CrossEncoderException DoesNotFit(List<string> problems, string? prefix) =>
        new(
            "The weights do not fit the configuration:\n  "
                + string.Join("\n  ", problems.Take(Shown))
                + (problems.Count > Shown ? $"\n  … and {problems.Count - Shown} more" : "")
                + (
                    prefix is null
                        ? "\nCheck that config.json and the weights are of the same checkpoint."
                        : $"\nThe checkpoint has these names with '{prefix}' in front: a model that wraps another was saved. Save "
                            + "the model inside it, or take the prefix off."
                )
        );

    /// <summary>What stands in front of a missing name in the checkpoint; null where nothing does.</summary>
    private static string? Prefix(IEnumerable<string> missing, IReadOnlyList<string> unexpected) =>
        missing
            .Select(name =>
                unexpected.FirstOrDefault(key => key.EndsWith("." + name, StringComparison.Ordinal)) is { } key ? key[..^name.Length] : null
            )
            .FirstOrDefault(prefix => prefix is not null);

    /// <summary>A model that diverged gives scores that are not numbers, and a list that looks ranked and is not.</summary>
    private static void CheckFinite(Tensor stored, string name)
    {
        using var scope = NewDisposeScope();
        if (stored.isfinite().all().item<bool>())
            return;
        throw new CrossEncoderException(
            $"The tensor '{name}' of the checkpoint holds values that are not finite numbers (NaN or infinity): the model diverged in "
                + "training, or was saved in a type too small for it. Take an earlier checkpoint, or save it again in float32."
        );
    }

    private static string Shape(IReadOnlyList<long> shape) => $"({string.Join(", ", shape)})";
}
