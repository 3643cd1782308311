using System.IO.Enumeration;
using System.Text.RegularExpressions;

namespace CrossEncoders.Files;

/// <summary>
/// The files of a model's folder in Hugging Face layout: which the kit reads, and which any reader takes for a part of the model.
/// </summary>
internal static partial class ModelFiles
{
    /// <summary>The configuration, without which a folder holds no model.</summary>
    public const string Config = "config.json";

    /// <summary>The model card.</summary>
    public const string Card = "README.md";

    /// <summary>The model card beside a README.md that is somebody's own.</summary>
    public const string CardAside = "MODEL_CARD.md";

    /// <summary>The configuration of an adapter, by PEFT's name.</summary>
    public const string AdapterConfig = "adapter_config.json";

    /// <summary>The weights of an adapter, in the order in which they are looked for.</summary>
    public static readonly IReadOnlyList<string> AdapterWeights = ["adapter_model.safetensors", "adapter_model.bin"];

    /// <summary>The files of a tokenizer that the kit reads, and copies along with the model.</summary>
    public static readonly IReadOnlyList<string> Tokenizer =
    [
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "added_tokens.json",
        "sentencepiece.bpe.model",
        "spm.model",
        "vocab.json",
        "merges.txt",
        "vocab.txt",
        "chat_template.jinja",
        "chat_template.json",
    ];

    /// <summary>The settings of sentence-transformers that the kit reads, besides those of its modules' folders.</summary>
    public static readonly IReadOnlyList<string> SentenceTransformers =
    [
        "modules.json",
        "sentence_bert_config.json",
        "config_sentence_transformers.json",
    ];

    /// <summary>The settings of a late-interaction model as ColBERT's own code writes them.</summary>
    public const string ColBert = "artifact.metadata";

    /// <summary>What comparisons of exported files with their checkpoint said, beside those files.</summary>
    public const string OnnxQuality = "quality.json";

    /// <summary>What comparisons of the checkpoint's products in 8 bits with those in fp32 said, beside it.</summary>
    public const string Int8Quality = "int8_quality.json";

    /// <summary>What the kit does not read, but other libraries take for a part of the model beside it.</summary>
    private static readonly string[] OfOtherLibraries =
    [
        "model*.safetensors*",
        "pytorch_model*.bin*",
        AdapterConfig,
        "adapter_model.*",
        "tf_model*.h5*",
        "flax_model*.msgpack*",
        "rust_model.ot",
        "model*.onnx*",
        "spiece.model",
        "tokenizer.model",
        "generation_config.json",
        "preprocessor_config.json",
        "processor_config.json",
        "quantize_config.json",
        "sentence_*config.json",
        "CrossEncoder_config.json",
    ];

    private static readonly string[] OtherFormsOfWeights = ["*.onnx", "*.onnx_data", OnnxQuality, "openvino_*.xml", "openvino_*.bin"];

    /// <summary>Whether a file in a model's folder would be taken for a part of the model, and goes when another takes its place.</summary>
    /// <param name="name">Its name, without a folder.</param>
    public static bool IsPart(string name) =>
        name is Config or ColBert or Int8Quality
        || Tokenizer.Contains(name)
        || SentenceTransformers.Contains(name)
        || OfOtherLibraries.Any(each => Matches(each, name));

    /// <summary>Whether a file belongs to an adapter, which lies alone or beside its model.</summary>
    /// <param name="name">Its name, without a folder.</param>
    public static bool IsAdapters(string name) => Matches(AdapterConfig, name) || Matches("adapter_model.*", name);

    /// <summary>
    /// Whether a sub-folder is one of a model's: a module of sentence-transformers such as "1_Pooling", or other forms of the weights.
    /// </summary>
    /// <param name="name">Its name.</param>
    public static bool IsPartFolder(string name) => name is "onnx" or "openvino" || KnownModule().IsMatch(name);

    /// <summary>Whether a file in such a sub-folder is a part of the model.</summary>
    /// <param name="name">Its name, without a folder.</param>
    public static bool IsInPartFolder(string name) => IsPart(name) || OtherFormsOfWeights.Any(each => Matches(each, name));

    /// <summary>The files to fetch, and a text on what is not there; null where nothing is missing.</summary>
    /// <param name="all">Every file of the repository, with slashes.</param>
    /// <param name="patterns">Names, with * and ? for any characters; null for the files of a model with one form of its weights.</param>
    public static (List<string> Files, string? Missing) Select(IReadOnlyCollection<string> all, IReadOnlyList<string>? patterns)
    {
        if (patterns is not null)
        {
            var idle = patterns.FirstOrDefault(pattern => !all.Any(name => Matches(pattern, name)));
            return ([.. all.Where(name => patterns.Any(pattern => Matches(pattern, name)))], idle is null ? null : $"no file '{idle}'");
        }

        var files = Description(all);
        if (all.Contains(AdapterConfig) && WeightForms.Find(all) is null)
            return AdapterWeights.FirstOrDefault(all.Contains) is { } adapter
                ? ([AdapterConfig, .. files, adapter], null)
                : (files, $"{AdapterConfig}, but no {AdapterWeights[0]}");
        if (!all.Contains(Config))
            return (files, $"no {Config}");
        if (WeightForms.Find(all) is not { } weights)
            return (files, "no complete weights (model.safetensors or pytorch_model.bin, whole or as shards with an index)");
        files.AddRange([
            .. all.Where(name => name == Int8Quality),
            .. Modules(all).SelectMany(module => WeightForms.Find(all, module) ?? []),
            .. weights,
        ]);
        return (files, null);
    }

    /// <summary>The files that say what a model is and how it reads: configuration, tokenizer and settings, but no weights.</summary>
    /// <param name="all">Every file of the repository, with slashes.</param>
    public static List<string> Description(IReadOnlyCollection<string> all) =>
        [
            .. ((string[])[Config, .. Tokenizer, .. SentenceTransformers, ColBert]).Where(all.Contains),
            .. Modules(all).Select(module => module + Config).Where(all.Contains),
        ];

    private static IEnumerable<string> Modules(IEnumerable<string> all) =>
        all.Select(name => Module().Match(name).Value).Where(folder => folder.Length > 0).Distinct();

    /// <summary>Whether a file chosen without patterns is of the weights, which come last.</summary>
    public static bool IsWeights(string name) =>
        name[(name.LastIndexOf('/') + 1)..] is var file
        && (
            file.StartsWith("model", StringComparison.Ordinal)
            || file.StartsWith("pytorch_model", StringComparison.Ordinal)
            || AdapterWeights.Contains(file)
        );

    private static bool Matches(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);

    // A folder of a user's own may have such a name too, so that only those that sentence-transformers makes count here.
    [GeneratedRegex(
        @"^[0-9]{1,2}_(?:Asym|BoW|CLIPModel|CNN|Dense|Dropout|LayerNorm|LogitScore|"
            + @"LSTM|MLMTransformer|MultiVectorMask|HierarchicalTokenPooling|Normalize|Pooling|Router|SparseAutoEncoder"
            + @"|SparseStaticEmbedding|SpladePooling|StaticEmbedding|Transformer|WeightedLayerPooling|WordEmbeddings|WordWeights)\z",
        RegexOptions.CultureInvariant
    )]
    private static partial Regex KnownModule();

    [GeneratedRegex(@"^[0-9]{1,2}_[A-Z][A-Za-z0-9]*/", RegexOptions.CultureInvariant)]
    private static partial Regex Module();
}
