using System.Globalization;

namespace CrossEncoders.Scoring;

/// <summary>One of several parts that a long scoring is divided into, each done by a process that knows nothing of the others.</summary>
/// <param name="Number">Which part, from 1.</param>
/// <param name="Count">How many there are.</param>
public readonly record struct Shard(int Number, int Count)
{
    /// <summary>All of it in one part.</summary>
    public static Shard Whole { get; } = new(1, 1);

    /// <summary>Reads "2/5", the second of five.</summary>
    /// <exception cref="CrossEncoderException">The text is not of that form, or the number is not one of 1 to the count.</exception>
    public static Shard Parse(string text)
    {
        var parts = text.Split('/');
        return
            parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && number >= 1
            && number <= count
            ? new(number, count)
            : throw new CrossEncoderException($"The shard is '{text}'; expected i/n with i from 1 to n, for example 2/5.");
    }

    /// <summary>Whether a block of pairs belongs to it: the blocks are dealt out in turn, so that no part has all the long ones.</summary>
    internal bool Owns(int block) => block % Count == Number - 1;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}/{Count}");
}
