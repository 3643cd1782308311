using CrossEncoders;

namespace RerankServer;

/// <summary>What a server loads and how much it takes on; from the section <c>Rerank</c> of the configuration.</summary>
public sealed record ServerSettings
{
    /// <summary>
    /// The model: a folder, which is served by ONNX Runtime where it holds a folder <c>onnx</c> and by libtorch otherwise, or a hub id.
    /// </summary>
    public string Model { get; init; } = "";

    /// <summary>
    /// "fp32" for the checkpoint's own scores; "int8" for products in 8 bits, whether compared or not; "auto" for the fastest computation
    /// that ranks like it: bfloat16 where the processor multiplies that, or 8 bits where they passed their comparison on a processor like
    /// this.
    /// </summary>
    public string Precision { get; init; } = "auto";

    /// <summary>The most documents of a request.</summary>
    public int MaxDocuments { get; init; } = 1000;

    /// <summary>The most characters of a query, and of a document.</summary>
    public int MaxCharacters { get; init; } = 1_000_000;

    /// <summary>The most bytes of a request's body.</summary>
    public long MaxBodyBytes { get; init; } = 16 << 20;

    /// <summary>Pairs that may wait; a request that would make them more is refused with status 429.</summary>
    public int MaxWaitingPairs { get; init; } = 4000;

    /// <summary>
    /// The most pairs that are scored together, of one request or several; 0 scores each request on its own, one after the other.
    /// </summary>
    public int BatchPairs { get; init; } = 256;

    /// <summary>Reads the section.</summary>
    /// <exception cref="CrossEncoderException">A setting that there is not, one that is not a number, or too small.</exception>
    public static ServerSettings Of(IConfiguration configuration)
    {
        var section = configuration.GetSection("Rerank");
        string[] names = [.. typeof(ServerSettings).GetProperties().Select(property => property.Name)];
        if (section.GetChildren().FirstOrDefault(each => !names.Contains(each.Key, StringComparer.OrdinalIgnoreCase)) is { } unknown)
            throw new CrossEncoderException($"There is no setting {unknown.Path}; there are {string.Join(", ", names)}.");
        ServerSettings settings;
        try
        {
            settings = section.Get<ServerSettings>() ?? new();
        }
        catch (InvalidOperationException error)
        {
            throw new CrossEncoderException($"{error.Message} Set it to a whole number.", error);
        }

        Require(nameof(MaxDocuments), settings.MaxDocuments, 1);
        Require(nameof(MaxCharacters), settings.MaxCharacters, 1);
        Require(nameof(MaxBodyBytes), settings.MaxBodyBytes, 1);
        Require(nameof(MaxWaitingPairs), settings.MaxWaitingPairs, 0);
        Require(nameof(BatchPairs), settings.BatchPairs, 0);
        return settings;
    }

    private static void Require(string name, long value, int least)
    {
        if (value < least)
            throw new CrossEncoderException($"Rerank:{name} is {value}; expected {least} or more.");
    }
}
