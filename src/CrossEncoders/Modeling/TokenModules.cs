using System.Text.Json.Nodes;

namespace CrossEncoders.Modeling;

/// <summary>The chain of modules of a late-interaction model: each token's state to its vector, and which tokens count.</summary>
/// <param name="List">The modules that compute, without a pooling.</param>
/// <param name="Mask">Which tokens count; null where the chain has no such module.</param>
internal sealed record TokenModules(ModuleList List, TokenMask? Mask)
{
    private const string Tokens = "token_embeddings";
    private const string Sentence = "sentence_embedding";
    private static readonly string[] Computing = ["Dense", "Normalize"];

    /// <summary>A chain of modules that a folder does not list.</summary>
    public static TokenModules Of(IReadOnlyList<Module> modules, TokenMask? mask, Dictionary<string, JsonNode>? files = null) =>
        new(new([], true, modules, null, files ?? []), mask);

    /// <summary>Reads <c>modules.json</c>; null where there is none.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="older">
    /// Whether the folder lists what PyLate trained and not what it scored with: then a pooling is passed over, Dense reads tokens
    /// whatever it says, and the mask and the unit length are added.
    /// </param>
    /// <param name="skipped">The words that such a folder skips.</param>
    /// <exception cref="CrossEncoderException">A module is missing, broken or not supported.</exception>
    public static TokenModules? Load(string folder, bool older, IReadOnlyList<string> skipped)
    {
        var path = Path.Combine(folder, ModuleList.FileName);
        if (ModelJson.Read<JsonArray>(path) is not { } json)
            return null;
        var (modules, mask, files) = (
            new List<Module>(),
            (TokenMask?)null,
            new Dictionary<string, JsonNode> { [ModuleList.FileName] = json }
        );
        foreach (var (index, listed) in json.As<IReadOnlyList<ModuleEntry?>>(path).Index())
        {
            var entry = listed ?? new();
            if (index == 0 && entry is { Class: "Transformer", Path: "" })
                continue;
            if (index == 0 || !entry.IsInAFolderOfItsOwn)
                throw Unsupported(path, entry.Shown(index));
            var file = Path.Combine(folder, entry.Path, "config.json");
            var config = ModelJson.Read<JsonObject>(file);
            if (config is not null)
                files[$"{entry.Path}/config.json"] = config;
            if (entry.Class == "MultiVectorMask" && mask is null)
                mask = TokenMask.Read(config ?? throw Missing(file), file);
            else if (entry.Class == "HierarchicalTokenPooling" && (config?["pool_factor"]?.ToString() ?? "1") == "1") { } // is switched off
            else if (Computing.Contains(entry.Class))
                modules.AddRange(Read(entry, index, config ?? (entry.Class == "Normalize" ? [] : throw Missing(file)), file, older, path));
            else if (!older || entry.Class != "Pooling")
                throw Unsupported(path, entry.Shown(index));
        }

        return older ? Of([.. modules, new NormalizeModule("")], TokenMask.Skipping(skipped), files) : Of(modules, mask, files);
    }

    private static IEnumerable<Module> Read(ModuleEntry entry, int index, JsonObject config, string file, bool older, string list)
    {
        var input = config["module_input_name"]?.ToString();
        if (entry.Class == "Normalize" && input is null or Sentence)
            return []; // of a vector of the whole text, which there is not
        if (input is null || (older && input == Sentence))
        {
            config = (JsonObject)config.DeepClone();
            config["module_input_name"] = Tokens;
            config.Remove("module_output_name");
        }

        var module = Module.Read(entry.Class, entry.Path, config, file, Tokens);
        return module is null or DenseModule { Output: not Tokens }
            ? throw Unsupported(list, entry.Shown(index) + $" as {file} sets it")
            : [module];
    }

    private static CrossEncoderException Missing(string file) =>
        new($"{file} is missing, though {ModuleList.FileName} lists the module. Fetch the folder again.");

    private static CrossEncoderException Unsupported(string path, string module) =>
        new(
            $"{path} lists {module}, which is not supported in a late-interaction model. Supported are Transformer, Dense, MultiVectorMask "
                + "and Normalize. Choose another model."
        );
}
