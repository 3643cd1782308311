using CrossEncoders.Texts;

namespace CrossEncoders.Tokenization;

/// <summary>Rewrites a text before it is split into words.</summary>
internal abstract class Normalizer
{
    /// <summary>The rewritten text.</summary>
    public abstract string Normalize(string text);
}

/// <summary>Several normalizers, one after the other.</summary>
internal sealed class NormalizerSequence(IReadOnlyList<Normalizer> steps) : Normalizer
{
    /// <inheritdoc/>
    public override string Normalize(string text)
    {
        foreach (var step in steps)
            text = step.Normalize(text);
        return text;
    }
}

/// <summary>Removes white space at the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : Normalizer
{
    /// <inheritdoc/>
    public override string Normalize(string text)
    {
        text = left ? text.TrimStart() : text;
        return right ? text.TrimEnd() : text;
    }
}

/// <summary>Replaces every occurrence of a text.</summary>
internal sealed class ReplaceNormalizer(string pattern, string replacement) : Normalizer
{
    /// <inheritdoc/>
    public override string Normalize(string text) => text.Replace(pattern, replacement, StringComparison.Ordinal);
}

/// <summary>Replaces every run of two or more spaces.</summary>
internal sealed class SpacesNormalizer(string replacement) : Normalizer
{
    /// <inheritdoc/>
    public override string Normalize(string text)
    {
        if (!text.Contains("  ", StringComparison.Ordinal))
            return text;
        var output = new System.Text.StringBuilder(text.Length);
        for (int i = 0, end; i < text.Length; i = end)
        {
            end = i + 1;
            while (text[i] == ' ' && end < text.Length && text[end] == ' ')
                end++;
            if (end - i > 1)
                output.Append(replacement);
            else
                output.Append(text[i]);
        }

        return output.ToString();
    }
}

/// <summary>Lower case.</summary>
internal sealed class LowerCaseNormalizer : Normalizer
{
    /// <inheritdoc/>
    public override string Normalize(string text) => BertNormalizer.Lower(text);
}

/// <summary>Canonical decomposition (NFD) or composition (NFC).</summary>
internal sealed class CanonicalNormalizer(bool compose) : Normalizer
{
    /// <inheritdoc/>
    public override string Normalize(string text) =>
        compose ? CanonicalNormalization.Compose(text) : CanonicalNormalization.Decompose(text);
}
