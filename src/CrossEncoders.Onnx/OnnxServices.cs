using CrossEncoders.Integration;
using CrossEncoders.Integration.DataRetrieval;
using Microsoft.Extensions.DependencyInjection;

namespace CrossEncoders.Onnx;

/// <summary>Exported models as services of an application, which then needs no libtorch.</summary>
public static class OnnxServices
{
    /// <summary>
    /// Adds an exported re-ranker as <see cref="OnnxCrossEncoder"/>, <see cref="IPassageScorer"/> and <see cref="IReranker"/>: three names
    /// of one model, loaded when it is first asked for and disposed of with the container.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="idOrPath">A folder as <c>ExportOnnx</c> and optimum write it, or a hub id.</param>
    /// <param name="options">How it is loaded; null for the defaults.</param>
    /// <param name="key">Tells it from others (<c>[FromKeyedServices]</c>); null for the application's only one.</param>
    public static IServiceCollection AddOnnxCrossEncoder(
        this IServiceCollection services,
        string idOrPath,
        OnnxCrossEncoderOptions? options = null,
        object? key = null
    )
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(idOrPath);
        return services.AddScorer(() => OnnxCrossEncoder.FromPretrained(idOrPath, options), model => model.Activation, key);
    }
}
