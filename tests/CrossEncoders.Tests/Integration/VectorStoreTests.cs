using System.Runtime.CompilerServices;
using CrossEncoders.Integration;
using CrossEncoders.Retrieval;
using CrossEncoders.Tests.Retrieval;
using Microsoft.Extensions.VectorData;

namespace CrossEncoders.Tests.Integration;

/// <summary>A vector store's search before the kit's.</summary>
public sealed class VectorStoreTests
{
    private static readonly Article[] Articles = [new(1, "aab"), new(2, "bbc"), new(3, "cca"), new(4, "abc")];

    private readonly Store _store = new();

    [Fact]
    public void TheStoreFindsWhatTheDenseRetrieverFinds()
    {
        var embedder = new LetterEmbedder();
        var dense = new DenseRetriever(Articles.Select(Passage), embedder);
        var store = _store.AsRetriever(Passage, embedder, name: "store");
        foreach (var query in (string[])["a", "b", "ca"])
        {
            var (expected, found) = (dense.Search(query, 3), store.Search(query, 3));
            Assert.Equal(expected.Select(hit => hit.Passage), found.Select(hit => hit.Passage));
            Assert.Equal(expected.Select(hit => hit.Score), found.Select(hit => hit.Score));
        }

        Assert.All(_store.Asked, asked => Assert.IsType<ReadOnlyMemory<float>>(asked));
        Assert.Equal("store", store.Name);
    }

    [Fact]
    public void WithoutAnEmbedderTheStoreGetsTheText()
    {
        Assert.Equal("1", _store.AsRetriever(Passage).Search("a", 1).Single().Passage.Id);
        Assert.Equal(["a"], _store.Asked);
    }

    [Fact]
    public void ScoresFallWhateverTheStoreGives()
    {
        foreach (var scores in Enum.GetValues<Scores>())
        {
            var hits = new Store(scores).AsRetriever(Passage).Search("a", 4);
            Assert.Equal(4, hits.Count);
            Assert.Equal("1", hits[0].Passage.Id);
            Assert.True(hits.Zip(hits.Skip(1)).All(two => two.First.Score >= two.Second.Score), $"{scores}: {string.Join(' ', hits)}");
        }
    }

    [Fact]
    public void ManyQueriesAreSearchedInTheirOrderAndReranked()
    {
        var scorer = new ScriptedScorer(pair => pair.Passage == "abc" ? 9 : pair.Passage[0]);
        var progress = new Collected();
        var found = _store.AsRetriever(Passage).RerankedBy(scorer, depth: 4).SearchAll(["a", "c"], 2, progress);
        Assert.Equal(["3", "2"], found[1].Select(hit => hit.Passage.Id));
        Assert.Equal([1, 2], progress.Reports.Where(report => report.Activity == "searching").Select(report => report.Done));
        Assert.Empty(_store.AsRetriever(Passage).Search("a", 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _store.AsRetriever(Passage).Search("a", -1));
    }

    [Fact]
    public async Task OptionsAndCancellationReachTheStore()
    {
        VectorSearchOptions<Article> options = new() { Skip = 1 };
        var retriever = _store.AsRetriever(Passage, options: options);
        Assert.NotEqual("1", (await retriever.SearchAsync("a", 1)).Single().Passage.Id);
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => retriever.SearchAsync("a", 1, source.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => retriever.SearchAll(["a"], 1, null, source.Token));
    }

    [Fact]
    public async Task ResultsAreReranked()
    {
        var scorer = new ScriptedScorer(pair => pair.Passage.Count(letter => letter == 'c') - pair.Query.Length);
        var best = await _store.SearchAsync("ab", 4).RerankAsync(scorer, "ab", article => article.Text, top: 3);
        Assert.Equal([(3, 0.0), (4, -1), (2, -1)], best.Select(result => (result.Record.Id, result.Score!.Value)));
        Assert.All(scorer.Calls.Single(), pair => Assert.Equal("ab", pair.Query));
        Assert.Equal(4, (await _store.SearchAsync("ab", 4).RerankAsync(scorer, "ab", article => article.Text)).Count);
        Assert.Empty(await _store.SearchAsync("ab", 0).RerankAsync(scorer, "ab", article => article.Text));
        await Assert.ThrowsAsync<CrossEncoderException>(() =>
            _store.SearchAsync("ab", 4).RerankAsync(scorer, "ab", article => article.Text, top: 0)
        );
    }

    [Fact]
    public async Task AScoreThatIsNoNumberIsRefused() =>
        Assert.Contains(
            "not a number",
            (
                await Assert.ThrowsAsync<CrossEncoderException>(() =>
                    _store.SearchAsync("a", 4).RerankAsync(new ScriptedScorer(_ => float.NaN), "a", article => article.Text)
                )
            ).Message
        );

    private static Passage Passage(Article article) => new($"{article.Id}", article.Text);

    private enum Scores
    {
        Similarities,
        Distances,
        None,
    }

    private sealed record Article(int Id, string Text);

    private sealed class Collected : IProgress<WorkProgress>
    {
        public List<WorkProgress> Reports { get; } = [];

        public void Report(WorkProgress value) => Reports.Add(value);
    }

    /// <summary>A store that counts letters, as the embedder does.</summary>
    private sealed class Store(Scores scores = Scores.Similarities) : IVectorSearchable<Article>
    {
        private static readonly LetterEmbedder Letters = new();

        public List<object> Asked { get; } = [];

        public async IAsyncEnumerable<VectorSearchResult<Article>> SearchAsync<TInput>(
            TInput searchValue,
            int top,
            VectorSearchOptions<Article>? options = null,
            [EnumeratorCancellation] CancellationToken cancellationToken = default
        )
            where TInput : notnull
        {
            await Task.Yield();
            Asked.Add(searchValue);
            var query = searchValue is string text
                ? Letters.EmbedQueries([text], cancellation: cancellationToken)[0]
                : ((ReadOnlyMemory<float>)(object)searchValue).ToArray();
            var found = Articles
                .Select(article =>
                    (article, Score: Cosine(Letters.EmbedPassages([article.Text], cancellation: cancellationToken)[0], query))
                )
                .OrderByDescending(pair => pair.Score)
                .Skip(options?.Skip ?? 0)
                .Take(top);
            foreach (var (article, score) in found)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return new(article, Given(score));
            }
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        private double? Given(float score) =>
            scores switch
            {
                Scores.Similarities => score,
                Scores.Distances => 1 - score,
                _ => null,
            };

        private static float Cosine(float[] a, float[] b) => System.Numerics.Tensors.TensorPrimitives.Dot(a, b);
    }
}
