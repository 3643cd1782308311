using CrossEncoders.Weights;

namespace CrossEncoders.Modeling;

/// <summary>What parameters are called in a checkpoint.</summary>
internal static class StoredNames
{
    /// <summary>
    /// A parameter's name in a checkpoint: without the prefix where it was saved from a bare encoder, and by TensorFlow's names of
    /// normalizations where it was converted long ago (bert-base-uncased, bert-base-chinese); transformers renames these, too.
    /// </summary>
    public static Func<string, string> NameIn(this Family family, ITensorSource weights)
    {
        var prefixed = weights.Tensors.Keys.Any(key => key.StartsWith(family.Prefix, StringComparison.Ordinal));
        return name =>
        {
            var stored = !prefixed && name.StartsWith(family.Prefix, StringComparison.Ordinal) ? name[family.Prefix.Length..] : name;
            var old = stored
                .Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal)
                .Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal);
            return !weights.Tensors.ContainsKey(stored) && weights.Tensors.ContainsKey(old) ? old : stored;
        };
    }
}
