using CrossEncoders.Integration.DataRetrieval;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace CrossEncoders.Integration;

/// <summary>
/// Models as services of an application. Each is loaded when it is first asked for, once, and disposed of with the container; ask for it
/// before the application starts where one that does not load should end it.
/// </summary>
public static class ModelServices
{
    /// <summary>
    /// Adds a re-ranker as <see cref="CrossEncoder"/>, <see cref="IPassageScorer"/> and <see cref="IReranker"/>: three names of one model.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="idOrPath">The model's hub id or folder.</param>
    /// <param name="options">How it is loaded: device, compute type, longest pair and more; null for the defaults.</param>
    /// <param name="key">Tells it from others (<c>[FromKeyedServices]</c>); null for the application's only one.</param>
    public static IServiceCollection AddCrossEncoder(
        this IServiceCollection services,
        string idOrPath,
        CrossEncoderOptions? options = null,
        object? key = null
    )
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(idOrPath);
        return services.AddScorer(() => CrossEncoder.FromPretrained(idOrPath, options), model => model.Activation, key);
    }

    /// <summary>
    /// Adds a bi-encoder as <see cref="BiEncoder"/>, <see cref="ITextEmbedder"/> and <see cref="IEmbeddingGenerator{TInput, TEmbedding}"/>:
    /// three names of one model.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="idOrPath">The model's hub id or folder.</param>
    /// <param name="options">How it is loaded; null for the defaults.</param>
    /// <param name="texts">What the generator takes its texts for.</param>
    /// <param name="key">Tells it from others (<c>[FromKeyedServices]</c>); null for the application's only one.</param>
    public static IServiceCollection AddBiEncoder(
        this IServiceCollection services,
        string idOrPath,
        BiEncoderOptions? options = null,
        EmbeddedAs texts = EmbeddedAs.Passage,
        object? key = null
    )
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(idOrPath);
        return services
            .AddKeyedSingleton(key, (_, _) => BiEncoder.FromPretrained(idOrPath, options))
            .AddKeyedSingleton<ITextEmbedder>(key, (provider, own) => provider.GetRequiredKeyedService<BiEncoder>(own))
            .AddKeyedSingleton(key, (provider, own) => provider.GetRequiredKeyedService<BiEncoder>(own).AsEmbeddingGenerator(texts));
    }
}
