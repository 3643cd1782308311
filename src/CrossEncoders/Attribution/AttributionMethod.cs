namespace CrossEncoders.Attribution;

/// <summary>How a score is taken apart into the shares of its words.</summary>
public enum AttributionMethod
{
    /// <summary>
    /// The logit minus the logit without the word, one word at a time: a pass through the model for each word. What is read then is a text
    /// with a hole, such as no training showed; and of two words that say the same, neither is missed.
    /// </summary>
    /// <remarks>
    /// Zeiler and Fergus 2014, arXiv:1311.2901; for words Li, Monroe and Jurafsky 2016, arXiv:1612.08220 (erasure).
    /// </remarks>
    Occlusion,

    /// <summary>
    /// The sum over a word's tokens of embedding × gradient: one pass forward and one back. It says how the logit changes where the
    /// embeddings shrink a little; it does not add up to the logit, and where the model is saturated it says little.
    /// </summary>
    /// <remarks>
    /// Denil et al. 2014, arXiv:1412.6815; Shrikumar et al. 2016, arXiv:1605.01713. The embeddings are those that the first layer reads:
    /// with position and type added, normalized.
    /// </remarks>
    GradientTimesInput,
}
