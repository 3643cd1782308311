using CrossEncoders.Integration.DataRetrieval;
using Microsoft.Extensions.DependencyInjection;

namespace CrossEncoders.Integration;

/// <summary>A scorer of any engine as services of an application.</summary>
internal static class ScorerServices
{
    /// <summary>Adds a scorer under its type, as <see cref="IPassageScorer"/> and as <see cref="IReranker"/>.</summary>
    public static IServiceCollection AddScorer<T>(
        this IServiceCollection services,
        Func<T> load,
        Func<T, Func<float, float>> activation,
        object? key
    )
        where T : class, IPassageScorer
    {
        ArgumentNullException.ThrowIfNull(services);
        return services
            .AddKeyedSingleton(key, (_, _) => load())
            .AddKeyedSingleton<IPassageScorer>(key, (provider, own) => provider.GetRequiredKeyedService<T>(own))
            .AddKeyedSingleton(key, (provider, own) =>
            {
                var model = provider.GetRequiredKeyedService<T>(own);
                return model.AsReranker(activation(model));
            });
    }
}
