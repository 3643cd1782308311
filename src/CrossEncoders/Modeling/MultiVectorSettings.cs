using System.Text.Json.Nodes;

namespace CrossEncoders.Modeling;

/// <summary>
/// How the texts of a late-interaction model become vectors, whichever of three layouts its folder is in: sentence-transformers 6's
/// (<c>MultiVectorEncoder</c>), PyLate's, or that of ColBERT's own code.
/// </summary>
/// <param name="Modules">The modules above the transformer; null where ColBERT's projection lies among the transformer's weights.</param>
/// <param name="Mask">Which tokens count; null for all of a text's, and none that lengthen a query.</param>
/// <param name="QueryPrompt">In front of a query.</param>
/// <param name="DocumentPrompt">In front of a document.</param>
/// <param name="MarksAreTokens">Whether a prompt that the vocabulary knows as one token is read as that token.</param>
/// <param name="QueryLength">Where queries are cut, in tokens; null leaves it to the tokenizer and the model.</param>
/// <param name="DocumentLength">Where documents are cut.</param>
/// <param name="Expansion">How short queries are lengthened; null for not at all.</param>
/// <param name="ScoresByMean">Whether a score is divided by the number of the query's tokens.</param>
/// <remarks>Read like <c>multi_vector_encoder/model.py</c> of sentence-transformers 6, which reads all three.</remarks>
internal sealed record MultiVectorSettings(
    IReadOnlyList<Module>? Modules,
    TokenMask? Mask,
    string QueryPrompt,
    string DocumentPrompt,
    bool MarksAreTokens,
    int? QueryLength,
    int? DocumentLength,
    QueryExpansion? Expansion,
    bool ScoresByMean
)
{
    private const string ColBertClass = "HF_ColBERT";
    private static readonly string[] DocumentNames = ["document", "passage", "corpus"];
    private static readonly string[] PyLateKeys =
    [
        "query_prefix",
        "document_prefix",
        "query_length",
        "document_length",
        "query_expansion",
        "do_query_expansion",
        "attend_to_expansion_tokens",
        "attend_to_mask_tokens",
        "skiplist_words",
    ];

    /// <summary>The files beside configuration and weights as they were read, by their path: they are written again.</summary>
    public IReadOnlyDictionary<string, JsonNode> Files { get; init; } = new Dictionary<string, JsonNode>();

    /// <summary>Whether <see cref="Files"/> say what stands in front of the texts.</summary>
    public bool PromptsAreTheFiles { get; private init; } = true;

    /// <summary>Whether a folder holds a late-interaction model.</summary>
    public static bool Describes(ModelConfig config) =>
        config.Settings.ModelType is "MultiVectorEncoder" or "ColBERT"
        || IsColBert(config)
        || (config.Settings.ModelType is null or "SentenceTransformer" && HasPyLateKeys(config.Settings));

    /// <summary>Reads the settings of a folder that holds one.</summary>
    /// <exception cref="CrossEncoderException">A file is broken, or asks for something that the kit does not support.</exception>
    public static MultiVectorSettings Read(ModelConfig config, string folder)
    {
        var (settings, native) = (config.Settings, config.Settings.ModelType == "MultiVectorEncoder");
        Check(settings, folder);
        var file = settings.Files.GetValueOrDefault(ModelSettings.ModelFile) ?? [];
        var path = Path.Combine(folder, ModelSettings.ModelFile);
        var words = file["skiplist_words"]?.As<IReadOnlyList<string>>(path)
            ?? (settings.ModelType == "ColBERT" || HasPrefix(file) ? TokenMask.Punctuation : []);
        var modules = TokenModules.Load(folder, older: !native && !IsColBert(config), words);
        if (modules is null && IsColBert(config))
            return ColBertFile.Read(settings, folder);
        if (modules is null || (!native && !modules.List.Modules.OfType<DenseModule>().Any()))
            throw new CrossEncoderException(
                $"{folder} says that it holds a late-interaction model, but {ModuleList.FileName} lists no Dense layer that makes its "
                    + "vectors. Fetch the folder again."
            );
        var read = new MultiVectorSettings(modules.List.Modules, modules.Mask, "", "", HasPrefix(file), null, null, null, false)
        {
            QueryPrompt = Prompt(settings, ["query"], file, "query_prefix", path),
            DocumentPrompt = Prompt(settings, DocumentNames, file, "document_prefix", path),
            ScoresByMean = settings.Similarity == "meanmaxsim",
            Files = AllFiles(settings, modules.List.Files),
        };
        return read.WithLengths(settings, file, folder);
    }

    /// <summary>The same with other texts in front, null for those that are; its files say them, too, where their layout can.</summary>
    public MultiVectorSettings WithPrompts(string? query, string? document)
    {
        var read = this with { QueryPrompt = query ?? QueryPrompt, DocumentPrompt = document ?? DocumentPrompt };
        if (read.QueryPrompt == QueryPrompt && read.DocumentPrompt == DocumentPrompt)
            return read;
        if (Modules is null)
            return read with { PromptsAreTheFiles = false }; // ColBERT's file has place for marks alone
        var json = Files.GetValueOrDefault(ModelSettings.ModelFile)?.DeepClone().AsObject() ?? [];
        var prompts = json["prompts"] as JsonObject;
        if (prompts is null)
            json["prompts"] = prompts = [];
        foreach (
            var (names, key, text) in new[]
            {
                ((string[])["query"], "query_prefix", read.QueryPrompt),
                (DocumentNames, "document_prefix", read.DocumentPrompt),
            }
        )
        {
            if (json.ContainsKey(key)) // PyLate's
                json[key] = text;
            foreach (var name in names.Where(name => json.ContainsKey(key) ? prompts.ContainsKey(name) : name == names[0]))
                prompts[name] = text;
        }

        return read with
        {
            Files = new Dictionary<string, JsonNode>(Files) { [ModelSettings.ModelFile] = json },
        };
    }

    /// <summary>What the settings were read from, and the files of a layout.</summary>
    internal static Dictionary<string, JsonNode> AllFiles(ModelSettings settings, IEnumerable<KeyValuePair<string, JsonNode>> ofLayout)
    {
        var files = new Dictionary<string, JsonNode>(ofLayout);
        foreach (var (name, json) in settings.Files)
            files[name] = json;
        return files;
    }

    private MultiVectorSettings WithLengths(ModelSettings settings, JsonObject file, string folder)
    {
        var path = Path.Combine(folder, ModelSettings.ModelFile);
        var (query, document) = (Number(file, "query_length", path), Number(file, "document_length", path));
        QueryExpansion? expansion = null;
        if (file.ContainsKey("query_expansion"))
            expansion = QueryExpansion.Read(file["query_expansion"], path);
        else if (HasPyLateKeys(settings) && !IsFalse(file, "do_query_expansion", path))
        {
            var attended = file["attend_to_expansion_tokens"] ?? file["attend_to_mask_tokens"];
            expansion = new(query ?? QueryExpansion.UsualLength, true, attended?.As<bool?>(path) == true, null);
            query = null;
        }

        foreach (var (name, own) in settings.Files.Where(each => each.Key != ModelSettings.ModelFile))
        {
            var place = Path.Combine(folder, name);
            query = Number(own, "query_length", place) ?? query;
            document = Number(own, "document_length", place) ?? document;
            if (own.ContainsKey("query_expansion"))
                expansion = QueryExpansion.Read(own["query_expansion"], place);
            if (own["processing_kwargs"]?["text"]?["max_length"] is not null)
                (query, document) = (settings.Texts.MaxLength, settings.Texts.MaxLength); // goes before both
        }

        if (query < expansion?.Length)
            throw new CrossEncoderException(
                $"{folder}: queries are cut at {query} tokens, but \"query_expansion\" lengthens them to {expansion.Length}. Correct "
                    + "the file."
            );
        return this with { QueryLength = query, DocumentLength = document, Expansion = expansion };
    }

    private static void Check(ModelSettings settings, string folder)
    {
        foreach (var (name, file) in settings.Files)
        {
            if (file["transformer_task"] is { } task && task.ToString() != "feature-extraction")
                throw new CrossEncoderException(
                    $"{Path.Combine(folder, name)}: the transformer_task '{task}' is not supported in a late-interaction model; "
                        + "expected feature-extraction."
                );
        }

        if (settings.Texts.ReadsMessages == true)
            throw new CrossEncoderException(
                $"The model in {folder} reads messages through a chat template (sentence_bert_config.json), which is not supported in a "
                    + "late-interaction model. Choose one that reads plain text."
            );
    }

    /// <summary>A prompt by one of its names, else PyLate's prefix, else the default prompt.</summary>
    private static string Prompt(ModelSettings settings, IEnumerable<string> names, JsonObject file, string key, string path)
    {
        var name = names.FirstOrDefault(each => settings.Prompts?.ContainsKey(each) == true);
        var prompt = name is null ? "" : settings.Prompt(name);
        var prefix = file[key]?.As<string>(path) ?? "";
        if (prompt.Length > 0 && prefix.Length > 0 && prompt != prefix)
            throw new CrossEncoderException(
                $"{path}: both the prompt \"{prompt}\" and \"{key}\" \"{prefix}\" are to stand in front of a text. Take one of them out."
            );
        return prompt.Length > 0 ? prompt
            : prefix.Length > 0 ? prefix
            : name is null ? settings.DefaultPrompt
            : "";
    }

    private static bool IsColBert(ModelConfig config) => config.Architectures?.Contains(ColBertClass) == true;

    private static bool HasPyLateKeys(ModelSettings settings) =>
        settings.Files.TryGetValue(ModelSettings.ModelFile, out var file) && PyLateKeys.Any(file.ContainsKey);

    private static bool HasPrefix(JsonObject file) => file.ContainsKey("query_prefix") || file.ContainsKey("document_prefix");

    private static bool IsFalse(JsonObject file, string key, string path) => file[key]?.As<bool?>(path) == false;

    private static int? Number(JsonObject file, string key, string path) =>
        file[key]?.As<int?>(path) is not { } number ? null
        : number >= 1 ? number
        : throw new CrossEncoderException($"{path}: \"{key}\" is {number}; expected at least 1 token. Correct the file.");
}
