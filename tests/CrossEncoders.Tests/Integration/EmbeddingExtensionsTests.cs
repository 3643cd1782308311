using CrossEncoders.Integration;
using Microsoft.Extensions.AI;

namespace CrossEncoders.Tests.Integration;

/// <summary>An embedder as a generator of embeddings.</summary>
public sealed class EmbeddingExtensionsTests
{
    [Fact]
    public async Task TheRoleChoosesThePrompt()
    {
        var embedder = new Prompted();
        float[] query = [2, 1],
            passage = [1, 1];
        Assert.Equal(query, (await embedder.AsEmbeddingGenerator(EmbeddedAs.Query).GenerateVectorAsync("a")).ToArray());
        Assert.Equal(passage, (await embedder.AsEmbeddingGenerator().GenerateVectorAsync("a")).ToArray());
    }

    [Fact]
    public async Task VectorsComeInTheOrderOfTheTextsWithTheModelsName()
    {
        var embedder = new Prompted();
        var embeddings = await embedder.AsEmbeddingGenerator().GenerateAsync(["aa", "", "a"]);
        Assert.Equal([2f, 0f, 1f], embeddings.Select(embedding => embedding.Vector.Span[1]));
        Assert.All(embeddings, embedding => Assert.Equal("prompted", embedding.ModelId));
        Assert.Equal(1, embedder.Calls); // one batch
        Assert.Empty(await embedder.AsEmbeddingGenerator().GenerateAsync([]));
        Assert.Equal(1, embedder.Calls);
    }

    [Fact]
    public async Task WhatCannotBeIsRefused()
    {
        var generator = new Prompted().AsEmbeddingGenerator();
        Assert.Contains(
            "Text 2 of 2 is null",
            (await Assert.ThrowsAsync<CrossEncoderException>(() => generator.GenerateAsync(["a", null!]))).Message
        );
        Assert.Contains(
            "Vectors of 3 numbers",
            (await Assert.ThrowsAsync<CrossEncoderException>(() => generator.GenerateAsync(["a"], new() { Dimensions = 3 }))).Message
        );
        Assert.Single(await generator.GenerateAsync(["a"], new() { Dimensions = 2 }));
        var forgetful = new Prompted { Forgets = true }.AsEmbeddingGenerator();
        Assert.Contains("gave 0 for 1", (await Assert.ThrowsAsync<CrossEncoderException>(() => forgetful.GenerateAsync(["a"]))).Message);
    }

    [Fact]
    public async Task CancellingStopsIt()
    {
        using var source = new CancellationTokenSource();
        var embedder = new Prompted { Started = source.Cancel };
        var generating = embedder.AsEmbeddingGenerator().GenerateAsync(["a"], cancellationToken: source.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => generating);
        Assert.Equal(1, embedder.Calls); // it had begun
    }

    [Fact]
    public void ItSaysWhatItIs()
    {
        var embedder = new Prompted();
        var generator = embedder.AsEmbeddingGenerator();
        Assert.Equal("prompted", generator.GetRequiredService<EmbeddingGeneratorMetadata>().DefaultModelId);
        Assert.Same(embedder, generator.GetService(typeof(ITextEmbedder)));
        Assert.Same(generator, generator.GetService(typeof(IEmbeddingGenerator)));
        Assert.Null(generator.GetService(typeof(ITextEmbedder), "key"));
        Assert.Null(generator.GetService(typeof(string)));
    }

    /// <summary>Two numbers a text: 2 for a query and 1 for a passage, and its length.</summary>
    private sealed class Prompted : ITextEmbedder
    {
        public int Calls { get; private set; }

        public bool Forgets { get; init; }

        public Action Started { get; init; } = () => { };

        public string Name => "prompted";

        public float[][] EmbedQueries(IReadOnlyList<string> queries, IProgress<WorkProgress>? progress, CancellationToken cancellation) =>
            Vectors(queries, 2, cancellation);

        public float[][] EmbedPassages(IReadOnlyList<string> passages, IProgress<WorkProgress>? progress, CancellationToken cancellation) =>
            Vectors(passages, 1, cancellation);

        private float[][] Vectors(IReadOnlyList<string> texts, float role, CancellationToken cancellation)
        {
            Calls++;
            Started();
            cancellation.ThrowIfCancellationRequested();
            return Forgets ? [] : [.. texts.Select(text => new[] { role, text.Length })];
        }
    }
}
