using System.Text.Json;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests;

/// <summary>
/// Late-interaction models in three layouts against what sentence-transformers computes of them (tests/python/make_multi_vector.py).
/// </summary>
public sealed class MultiVectorParityTests
{
    [Theory]
    [InlineData("st-fixed")] // expansion by [MASK] that none attends to, punctuation that does not count, prompts
    [InlineData("st-two-dense")] // bias, Tanh and a residual, then the projection
    [InlineData("pylate-plain")] // no expansion, a residual in the projection
    [InlineData("stanford")] // ColBERT's own layout
    public void VectorsAndScoresAreTheReferences(string name)
    {
        var folder = Shared.Path($"golden/multi-vector/{name}");
        using var cases = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "cases.json")));
        using var scratch = new ScratchFolder();
        using (var model = MultiVectorFolders.Load(folder))
        {
            Same(cases.RootElement, model);
            Scored(cases.RootElement, model);
            model.SavePretrained(scratch["saved"]);
        }

        using var saved = MultiVectorFolders.Load(scratch["saved"]);
        Same(cases.RootElement, saved);
    }

    private static void Same(JsonElement cases, MultiVectorEncoder model)
    {
        foreach (var (key, queries) in new[] { ("query", true), ("document", false) })
        {
            var rows = cases.GetProperty(key);
            var texts = Texts(rows);
            var found = queries ? model.EmbedQueries(texts) : model.EmbedPassages(texts);
            foreach (var (row, vectors) in rows.EnumerateArray().Zip(found))
            {
                var expected = row.GetProperty("vectors").Deserialize<float[][]>()!;
                Assert.Equal(expected.Length, vectors.Length);
                foreach (var (wanted, vector) in expected.Zip(vectors))
                    Assert.Equal(wanted, vector, (a, b) => MathF.Abs(a - b) < 1e-5f);
            }
        }
    }

    /// <summary>To what 16 bits keep of the passages' vectors.</summary>
    private static void Scored(JsonElement cases, MultiVectorEncoder model)
    {
        var (queries, passages) = (Texts(cases.GetProperty("query")), Texts(cases.GetProperty("document")));
        var kept = cases.GetProperty("scored_documents").Deserialize<int[]>()!;
        using var scorer = new LateInteraction(model);
        var found = scorer.Score([.. queries.SelectMany(query => kept.Select(i => new TextPair(query, passages[i])))]);
        float[] expected = [.. cases.GetProperty("scores").Deserialize<float[][]>()!.SelectMany(row => row)];
        Assert.Equal(expected, found, (a, b) => MathF.Abs(a - b) < 1e-3f * MathF.Max(1, MathF.Abs(a)));
        Assert.True(expected.Distinct().Count() > expected.Length / 2); // so that it says something
    }

    private static string[] Texts(JsonElement rows) => [.. rows.EnumerateArray().Select(row => row.GetProperty("text").GetString()!)];
}
