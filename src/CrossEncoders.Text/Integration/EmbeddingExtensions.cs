using Microsoft.Extensions.AI;

namespace CrossEncoders.Integration;

/// <summary>Bi-encoders as generators of embeddings.</summary>
public static class EmbeddingExtensions
{
    /// <summary>An embedder as Microsoft.Extensions.AI's generator: vectors of unit length, computed on a thread of the pool.</summary>
    /// <param name="embedder">The embedder, usually a bi-encoder, which makes batches by length. It stays its owner's.</param>
    /// <param name="texts">
    /// What the texts are. A store that is given one generator embeds what it holds and what is asked alike; where a model was trained to
    /// see a difference, give the store the passages' and search with a query's vector, as <see cref="VectorStoreRetriever{TRecord}"/>
    /// does.
    /// </param>
    public static IEmbeddingGenerator<string, Embedding<float>> AsEmbeddingGenerator(
        this ITextEmbedder embedder,
        EmbeddedAs texts = EmbeddedAs.Passage
    )
    {
        ArgumentNullException.ThrowIfNull(embedder);
        return new Generator(embedder, texts);
    }

    private sealed class Generator(ITextEmbedder embedder, EmbeddedAs role) : IEmbeddingGenerator<string, Embedding<float>>
    {
        private readonly EmbeddingGeneratorMetadata _metadata = new(
            nameof(CrossEncoders),
            defaultModelId: embedder.Name,
            defaultModelDimensions: (embedder as IVectorWidth)?.Dimensions
        );

        public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values,
            EmbeddingGenerationOptions? options,
            CancellationToken cancellationToken
        )
        {
            ArgumentNullException.ThrowIfNull(values);
            string[] texts = [.. values];
            if (Array.IndexOf(texts, null) is >= 0 and var missing)
                throw new CrossEncoderException($"Text {missing + 1} of {texts.Length} is null; expected a text, which may be empty.");
            if (texts.Length == 0)
                return [];
            var vectors = await Task.Run(() => Vectors(texts, cancellationToken), cancellationToken).ConfigureAwait(false);
            if (vectors.Length != texts.Length)
                throw new CrossEncoderException(
                    $"An embedder must give one vector for each text, but '{embedder.Name}' gave {vectors.Length} for {texts.Length}."
                );
            if (options?.Dimensions is { } asked && asked != vectors[0].Length)
                throw new CrossEncoderException(
                    $"Vectors of {asked} numbers were asked for, but '{embedder.Name}' gives {vectors[0].Length}. Leave Dimensions out."
                );
            var time = DateTimeOffset.UtcNow;
            return new(vectors.Select(vector => new Embedding<float>(vector) { ModelId = embedder.Name, CreatedAt = time }));
        }

        public object? GetService(Type serviceType, object? serviceKey)
        {
            ArgumentNullException.ThrowIfNull(serviceType);
            return serviceKey is not null ? null
                : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
                : serviceType.IsInstanceOfType(this) ? this
                : serviceType.IsInstanceOfType(embedder) ? embedder
                : null;
        }

        public void Dispose() { } // the embedder stays its owner's

        private float[][] Vectors(string[] texts, CancellationToken cancellation) =>
            role == EmbeddedAs.Query ? embedder.EmbedQueries(texts, null, cancellation) : embedder.EmbedPassages(texts, null, cancellation);
    }
}
