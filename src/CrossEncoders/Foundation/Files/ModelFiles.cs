using System.Globalization;
using System.IO.Enumeration;
using System.Text.RegularExpressions;

namespace CrossEncoders.Files;

/// <summary>Chooses, from the files of a model repository, those that the kit reads.</summary>
internal static partial class ModelFiles
{
    private static readonly string[] Small =
    [
        "config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "added_tokens.json",
        "vocab.txt",
        "vocab.json",
        "merges.txt",
        "sentencepiece.bpe.model",
        "spiece.model",
        "spm.model",
        "tokenizer.model",
        "modules.json",
        "sentence_bert_config.json",
        "config_sentence_transformers.json",
    ];

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

        var files = Small.Concat(all.Where(name => OfModule().IsMatch(name))).Where(all.Contains).Distinct().ToList();
        if (!files.Contains("config.json"))
            return (files, "no config.json");
        var weights = Weights(all, "model", ".safetensors") ?? Weights(all, "pytorch_model", ".bin");
        if (weights is null)
            return (files, "no complete weights (model.safetensors or pytorch_model.bin, whole or as shards with an index)");
        files.AddRange(weights);
        return (files, null);
    }

    /// <summary>Whether a file chosen without patterns is of the transformer's weights, which come last.</summary>
    public static bool IsWeights(string name) =>
        !name.Contains('/')
        && (name.StartsWith("model", StringComparison.Ordinal) || name.StartsWith("pytorch_model", StringComparison.Ordinal));

    private static bool Matches(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);

    private static List<string>? Weights(IReadOnlyCollection<string> all, string stem, string extension)
    {
        if (all.Contains(stem + extension))
            return [stem + extension];
        if (!all.Contains($"{stem}{extension}.index.json"))
            return null;
        var shards = all.Where(name =>
                name.StartsWith(stem + "-", StringComparison.Ordinal) && name.EndsWith(extension, StringComparison.Ordinal)
            )
            .Where(name => Shard().IsMatch(name[stem.Length..^extension.Length]))
            .ToList();
        if (shards.Count == 0 || shards.Count != int.Parse(shards[0][..^extension.Length][^5..], CultureInfo.InvariantCulture))
            return null;
        return [$"{stem}{extension}.index.json", .. shards];
    }

    /// <summary>What sentence-transformers keeps of a module beside the transformer, for example "2_Dense/model.safetensors".</summary>
    [GeneratedRegex(@"^[0-9]+_[A-Za-z]+/(config\.json|model\.safetensors)\z", RegexOptions.CultureInvariant)]
    private static partial Regex OfModule();

    [GeneratedRegex(@"^-[0-9]{5}-of-[0-9]{5}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shard();
}
