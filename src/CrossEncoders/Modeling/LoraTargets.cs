namespace CrossEncoders.Modeling;

/// <summary>Which tensors of a model an adapter changes, and which it replaces, by the rules of PEFT.</summary>
internal sealed class LoraTargets(ParameterSet model, LoraOptions options)
{
    private const string Weight = ".weight";

    /// <summary>Whether a product is added to a matrix. What is saved whole gets none.</summary>
    public bool IsChanged(Parameter parameter, string name) =>
        parameter.Kind == ParameterKind.Matrix
        && !IsSaved(name)
        && (options.Targets is not { } targets || targets.Any(target => EndsWith(name, target)));

    /// <summary>
    /// The name under which a tensor is saved whole: a module's own, or a bias, which beside a changed matrix lies in its
    /// <c>base_layer</c>; null where it is not saved.
    /// </summary>
    public string? SavedAs(string name)
    {
        if (IsSaved(name))
            return name;
        if (options.Bias == LoraBias.None || !name.EndsWith(".bias", StringComparison.Ordinal))
            return null;
        var module = Module(name);
        return model.Parameters.Any(each => each.Names.Contains(module + Weight) && IsChanged(each, module + Weight))
                ? $"{module}.base_layer.bias"
            : options.Bias == LoraBias.All ? name
            : null;
    }

    /// <summary>Every target has to be there.</summary>
    /// <exception cref="CrossEncoderException">One is not.</exception>
    public void Check()
    {
        if (options.Rank is < 1 or > 4096)
            throw new CrossEncoderException($"The rank of the adapter is {options.Rank}; expected 1 to 4096, 8 being usual.");
        if (options.Targets is not { } targets)
            return;
        var matrices = model.Parameters.Where(each => each.Kind == ParameterKind.Matrix).SelectMany(each => each.Names).ToList();
        var missing = targets.Where(target => !matrices.Any(name => EndsWith(name, target))).ToList();
        if (targets.Count == 0 || missing.Count > 0)
            throw new CrossEncoderException(
                $"No matrix of the model ends with {string.Join(" or ", missing)}. There are, for example: "
                    + $"{string.Join(", ", matrices.Take(6))}."
            );
    }

    /// <summary>Every module that is to be saved whole has to be there.</summary>
    /// <exception cref="CrossEncoderException">One is not.</exception>
    public void CheckModules()
    {
        foreach (var module in options.ModulesToSave ?? [])
        {
            if (!model.Parameters.SelectMany(each => each.Names).Any(name => Lies(name, module)))
                throw new CrossEncoderException($"No module of the model ends with {module}, which is to be saved with the adapter.");
        }
    }

    /// <summary>The module of a tensor: its name without "weight" or "bias".</summary>
    public static string Module(string name) => name[..Math.Max(name.LastIndexOf('.'), 0)];

    private bool IsSaved(string name) => options.ModulesToSave?.Any(module => Lies(name, module)) == true;

    /// <summary>Whether a tensor lies in a module whose name ends so, were it in the middle of a word ("pre_classifier").</summary>
    private static bool Lies(string name, string module)
    {
        for (var path = Module(name); path.Length > 0; path = Module(path))
        {
            if (path.EndsWith(module, StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    private static bool EndsWith(string name, string target) =>
        name == target + Weight || name.EndsWith($".{target}{Weight}", StringComparison.Ordinal);
}
