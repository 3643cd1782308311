using System.Text.RegularExpressions;
using CrossEncoders.Modeling;
using CrossEncoders.Tokenization;

namespace CrossEncoders;

/// <summary>
/// How the texts of a bi-encoder become vectors: the folder decides, an option overrides, and what cannot be honoured is refused.
/// </summary>
/// <param name="Modules">Pooling and what follows it.</param>
/// <param name="QueryPrefix">In front of a query.</param>
/// <param name="PassagePrefix">In front of a passage.</param>
/// <param name="Template">The chat template that texts go through, with the prefix as "system"; null for plain text.</param>
/// <param name="Note">What the user should know of the choice; null for nothing.</param>
internal sealed partial record BiEncoderChoice(
    ModuleList Modules,
    string QueryPrefix,
    string PassagePrefix,
    ChatTemplate? Template,
    string? Note
)
{
    private static readonly string[] PassageNames = ["document", "passage", "corpus"];

    /// <summary>The configuration with the settings that are about single texts.</summary>
    /// <exception cref="CrossEncoderException">The folder is of a kind that the kit does not support.</exception>
    public static ModelConfig Config(ModelConfig config, string folder)
    {
        var settings = config.Settings;
        if (settings.IsCrossEncoder)
            return config with { Settings = ModelSettings.None }; // what it says about pairs does not apply to texts
        if (MultiVectorSettings.Describes(config))
            throw new CrossEncoderException(
                $"The model in {folder} gives a vector for each token and not one of a text (late interaction). Load it as a "
                    + "MultiVectorEncoder."
            );
        if (settings.ModelType is not (null or "SentenceTransformer"))
            throw new CrossEncoderException(
                $"The model in {folder} is a {settings.ModelType} ({ModelSettings.ModelFile}), which does not give one vector of a text "
                    + "and is not supported. Choose a SentenceTransformer model."
            );
        if (settings.Modules?.Unsupported is { } unknown)
            throw new CrossEncoderException(
                $"{Path.Combine(folder, "modules.json")} lists {unknown}, which is not supported. Supported are Transformer, Pooling, "
                    + "Dense, LayerNorm and Normalize. Choose another model."
            );
        if (settings.Similarity is not (null or "cosine") && settings.Modules is not { Modules: [.., NormalizeModule] })
            throw new CrossEncoderException(
                $"The model in {folder} compares vectors by \"{settings.Similarity}\" ({ModelSettings.ModelFile}), and its vectors are not "
                    + "of unit length; only the cosine is supported. Choose another model."
            );
        _ = TemplateOf(settings, folder);
        return config;
    }

    /// <summary>The choice for a folder.</summary>
    /// <param name="settings">What the folder says.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="source">The id or path it was loaded from.</param>
    /// <param name="options">What the caller asks for.</param>
    public static BiEncoderChoice Of(ModelSettings settings, string folder, string source, BiEncoderOptions options)
    {
        var modules = settings.Modules ?? ModuleList.Plain(Pooling.Mean);
        if (modules.Pooling.Count == 0)
            modules = modules with { Pooling = [Pooling.Mean] }; // as sentence-transformers adds it
        if (options.Pooling is { } pooling)
            modules = modules with { Pooling = [pooling] };

        var isE5 = E5().IsMatch(Path.GetFileName(Path.TrimEndingDirectorySeparator(source)));
        var silent = settings.Prompts is not { Count: > 0 };
        var likeE5 = silent && (settings.Modules is null || isE5);
        var query = options.QueryPrefix ?? (likeE5 ? BiEncoderOptions.E5Query : Prompt(settings, ["query"]));
        var passage = options.PassagePrefix ?? (likeE5 ? BiEncoderOptions.E5Passage : Prompt(settings, PassageNames));
        var chosen = options is { QueryPrefix: not null, PassagePrefix: not null };
        var note =
            chosen || !likeE5 || isE5
                ? null
                : $"{source} does not say how its texts are read (no modules.json): they are read as E5's are, with \"{query}\" in "
                    + $"front of a query and \"{passage}\" in front of a passage. "
                    + "Set QueryPrefix and PassagePrefix if it was trained otherwise.";
        return new(modules, query, passage, TemplateOf(settings, folder), note);
    }

    /// <summary>Whether a folder's files, as they are, say what stands in front of the texts.</summary>
    public bool PromptsAreTheFiles(ModelSettings settings) =>
        settings.Prompts is { Count: > 0 } && QueryPrefix == Prompt(settings, ["query"]) && PassagePrefix == Prompt(settings, PassageNames);

    private static ChatTemplate? TemplateOf(ModelSettings settings, string folder) =>
        settings.Texts.ReadsMessages == true ? ChatReader.Template(settings.Texts, folder, ChatReader.TextRoles) : null;

    private static string Prompt(ModelSettings settings, IEnumerable<string> names) =>
        names.FirstOrDefault(name => settings.Prompts?.ContainsKey(name) == true) is { } found
            ? settings.Prompt(found)
            : settings.DefaultPrompt;

    [GeneratedRegex("(?:^|[^a-z0-9])e5(?:[^a-z0-9]|$)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex E5();
}
