using System.Numerics.Tensors;

namespace CrossEncoders.Retrieval;

/// <summary>
/// A bi-encoder in the place of a cross-encoder: the score of a pair is the logit whose sigmoid is the cosine of its two vectors. So that
/// <c>HardNegatives.GuardShare</c> compares cosines, as NV-Retriever (arXiv:2407.15831) does.
/// </summary>
/// <remarks>
/// Models whose cosines all lie close together, such as E5's (0.7 to 1), need a share of 0.99: at 0.95 they suspect most candidates.
/// </remarks>
/// <param name="embedder">The bi-encoder.</param>
public sealed class CosineScorer(ITextEmbedder embedder) : IPassageScorer
{
    /// <inheritdoc/>
    public string Name => embedder.Name;

    /// <summary>One logit for each pair; each text is embedded once. A cosine of 0 or less gives about -16.</summary>
    public float[] Score(IReadOnlyList<TextPair> pairs, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        var queries = Vectors([.. pairs.Select(pair => pair.Query).Distinct()], embedder.EmbedQueries);
        var passages = Vectors([.. pairs.Select(pair => pair.Passage).Distinct()], embedder.EmbedPassages);
        return
        [
            .. pairs.Select(pair =>
            {
                var cosine = Math.Clamp((double)TensorPrimitives.Dot(queries[pair.Query], passages[pair.Passage]), 1e-7, 1 - 1e-7);
                return (float)Math.Log(cosine / (1 - cosine));
            }),
        ];

        Dictionary<string, float[]> Vectors(
            IReadOnlyList<string> texts,
            Func<IReadOnlyList<string>, IProgress<WorkProgress>?, CancellationToken, float[][]> embed
        )
        {
            var vectors = embed(texts, progress, cancellation);
            return vectors.Length == texts.Count
                ? texts.Zip(vectors).ToDictionary(pair => pair.First, pair => pair.Second)
                : throw new CrossEncoderException(
                    $"An embedder must give one vector for each text, but '{embedder.Name}' gave {vectors.Length} for {texts.Count}."
                );
        }
    }
}
