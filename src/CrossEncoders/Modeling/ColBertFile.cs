using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CrossEncoders.Files;
using CrossEncoders.Weights;

namespace CrossEncoders.Modeling;

/// <summary>
/// The settings of a checkpoint of ColBERT's own code, <c>artifact.metadata</c>, and its projection, which lies among the transformer's
/// weights as <c>linear.weight</c>.
/// </summary>
/// <remarks>
/// Keys and defaults follow <c>colbert/infra/config/settings.py</c> of stanford-futuredata/ColBERT. Marks are put in as tokens behind the
/// first special token.
/// </remarks>
internal sealed record ColBertFile
{
    private const string Projection = "linear.weight";

    [JsonPropertyName("query_token_id")]
    public string? QueryMark { get; init; }

    [JsonPropertyName("doc_token_id")]
    public string? DocumentMark { get; init; }

    [JsonPropertyName("query_maxlen")]
    public int? QueryLength { get; init; }

    [JsonPropertyName("doc_maxlen")]
    public int? DocumentLength { get; init; }

    [JsonPropertyName("attend_to_mask_tokens")]
    public bool? Attended { get; init; }

    [JsonPropertyName("mask_punctuation")]
    public bool? SkipsPunctuation { get; init; }

    [JsonPropertyName("similarity")]
    public string? Similarity { get; init; }

    [JsonPropertyName("interaction")]
    public string? Interaction { get; init; }

    /// <summary>Reads the settings; a folder without the file has ColBERT's defaults.</summary>
    /// <exception cref="CrossEncoderException">The file is broken, or asks for something that the kit does not support.</exception>
    public static MultiVectorSettings Read(ModelSettings settings, string folder)
    {
        var path = Path.Combine(folder, ModelFiles.ColBert);
        var json = ModelJson.Read<JsonObject>(path);
        var file = json?.As<ColBertFile>(path) ?? new();
        foreach (
            var (key, found, supported) in new[] { ("similarity", file.Similarity, "cosine"), ("interaction", file.Interaction, "colbert") }
        )
        {
            if (found is not null && found != supported)
                throw new CrossEncoderException(
                    $"{path}: the {key} \"{found}\" is not supported, only \"{supported}\" is. Choose another model."
                );
        }

        foreach (var (key, length) in new[] { ("query_maxlen", file.QueryLength), ("doc_maxlen", file.DocumentLength) })
        {
            if (length < 4)
                throw new CrossEncoderException($"{path}: \"{key}\" is {length}; expected at least 4 tokens. Correct the file.");
        }

        return new(
            null,
            TokenMask.Skipping(file.SkipsPunctuation == false ? [] : TokenMask.Punctuation),
            (file.QueryMark ?? "[unused0]") + " ",
            (file.DocumentMark ?? "[unused1]") + " ",
            MarksAreTokens: true,
            null,
            file.DocumentLength,
            new(file.QueryLength ?? QueryExpansion.UsualLength, Cuts: true, file.Attended == true, null),
            settings.Similarity == "meanmaxsim"
        )
        {
            Files = MultiVectorSettings.AllFiles(settings, json is null ? [] : [KeyValuePair.Create(ModelFiles.ColBert, (JsonNode)json)]),
        };
    }

    /// <summary>The projection and the unit length, sized by the weights.</summary>
    /// <exception cref="CrossEncoderException">There is no projection among them.</exception>
    public static IReadOnlyList<Module> Modules(string folder)
    {
        using var weights = CheckpointWeights.Open(folder);
        return weights.Tensors.TryGetValue(Projection, out var info) && info.Shape is [var outputs, var inputs]
            ? [new DenseModule("", (int)inputs, (int)outputs, false, DenseModule.Identity, false, ""), new NormalizeModule("")]
            : throw new CrossEncoderException(
                $"The weights in {folder} have no '{Projection}', the projection of a ColBERT model. Fetch the folder again."
            );
    }
}
