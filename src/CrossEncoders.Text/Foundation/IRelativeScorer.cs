namespace CrossEncoders;

/// <summary>
/// A scorer whose score says where a passage stands among those of the same query in the same call, so that it means nothing without them.
/// </summary>
internal interface IRelativeScorer : IPassageScorer
{
    /// <summary>Refuses such a scorer where the pairs of a query are not always scored in one call.</summary>
    /// <exception cref="CrossEncoderException">It is one.</exception>
    static void Refuse(IPassageScorer scorer)
    {
        if (scorer is IRelativeScorer)
            throw new CrossEncoderException(
                $"'{scorer.Name}' compares the passages of a query that are scored in one call; its scores cannot be kept or computed "
                    + "pair by pair. Store the parts, not the sum: the scores of each scorer that it is made of. A ListwiseReranker keeps "
                    + "the model's answers in its Journal."
            );
    }
}
