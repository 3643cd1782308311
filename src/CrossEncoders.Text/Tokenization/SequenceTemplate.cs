namespace CrossEncoders.Tokenization;

/// <summary>One place of a template: special tokens, or one of the segments.</summary>
/// <param name="Ids">The special tokens; null where a segment stands.</param>
/// <param name="Segment">0 for the first segment, 1 for the second.</param>
/// <param name="TypeId">The token type of all tokens here.</param>
internal sealed record TemplatePart(int[]? Ids, int Segment, int TypeId);

/// <summary>How segments and special tokens make up what a model reads, and how that is cut to length.</summary>
internal sealed class SequenceTemplate(IReadOnlyList<TemplatePart> single, IReadOnlyList<TemplatePart> pair, bool cutsFront = false)
{
    /// <summary>All special tokens in it.</summary>
    public IEnumerable<int> SpecialIds => single.Concat(pair).SelectMany(part => part.Ids ?? []);

    /// <summary>The token types in the template of pairs or of single texts.</summary>
    public IEnumerable<int> TypeIds(bool pairs) => (pairs ? pair : single).Select(part => part.TypeId);

    /// <summary>The same with type 0 throughout, which is what a model without token types reads.</summary>
    public SequenceTemplate WithoutTypes() =>
        new([.. single.Select(part => part with { TypeId = 0 })], [.. pair.Select(part => part with { TypeId = 0 })], cutsFront);

    /// <summary>The same, where a segment that is too long loses its front, or its end.</summary>
    public SequenceTemplate CutAt(bool front) => new(single, pair, front);

    /// <summary>A text with its special tokens.</summary>
    public TokenizedText Build(List<int> text, int maxLength)
    {
        var length = Math.Min(text.Count, Capacity(single, maxLength));
        return Build(single, text, length, [], 0, length < text.Count);
    }

    /// <summary>A pair with its special tokens.</summary>
    public TokenizedText Build(List<int> first, List<int> second, int maxLength, TruncationStrategy truncation)
    {
        var (firstLength, secondLength) = Truncate(first.Count, second.Count, Capacity(pair, maxLength), truncation);
        return Build(pair, first, firstLength, second, secondLength, firstLength + secondLength < first.Count + second.Count);
    }

    /// <summary>The lengths that remain of two segments, by the rules of tokenizers; both sides are cut to the same lengths.</summary>
    internal static (int First, int Second) Truncate(int first, int second, int capacity, TruncationStrategy truncation)
    {
        var surplus = first + second - capacity;
        if (surplus <= 0)
            return (first, second);
        if (capacity == 0)
            return (0, 0);
        if (truncation == TruncationStrategy.LongestFirst)
        {
            var (shorter, longer) = first > second ? (second, first) : (first, second);
            longer = shorter > capacity ? shorter : Math.Max(shorter, capacity - shorter);
            if (shorter + longer > capacity)
                (shorter, longer) = (capacity / 2, (capacity / 2) + (capacity % 2));
            return first > second ? (longer, shorter) : (shorter, longer);
        }

        var onlyFirst = truncation == TruncationStrategy.OnlyFirst;
        var target = onlyFirst ? first : second;
        if (target <= surplus)
        {
            throw new CrossEncoderException(
                $"The pair is {surplus} tokens too long and its {(onlyFirst ? "first" : "second")} segment, alone to be cut, "
                    + $"has {target}. Shorten the other segment, raise the maximum length or truncate longest first."
            );
        }

        return onlyFirst ? (first - surplus, second) : (first, second - surplus);
    }

    /// <summary>How many tokens of segments fit beside the special tokens.</summary>
    private static int Capacity(IReadOnlyList<TemplatePart> parts, int maxLength)
    {
        var special = parts.Sum(part => part.Ids?.Length ?? 0);
        if (maxLength < special)
        {
            throw new CrossEncoderException(
                $"The maximum length is {maxLength} tokens, but the special tokens alone take {special}: raise the maximum length."
            );
        }

        return maxLength - special;
    }

    private TokenizedText Build(
        IReadOnlyList<TemplatePart> parts,
        List<int> first,
        int firstLength,
        List<int> second,
        int secondLength,
        bool truncated
    )
    {
        var length = parts.Sum(part => part.Ids?.Length ?? (part.Segment == 0 ? firstLength : secondLength));
        var (ids, typeIds) = (new int[length], new int[length]);
        var position = 0;
        foreach (var part in parts)
        {
            var start = position;
            if (part.Ids is { } special)
            {
                special.CopyTo(ids, position);
                position += special.Length;
            }
            else
            {
                var (segment, count) = part.Segment == 0 ? (first, firstLength) : (second, secondLength);
                segment.CopyTo(cutsFront ? segment.Count - count : 0, ids, position, count);
                position += count;
            }

            Array.Fill(typeIds, part.TypeId, start, position - start);
        }

        return new TokenizedText(ids, typeIds, truncated);
    }
}
