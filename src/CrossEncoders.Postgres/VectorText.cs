using System.Globalization;

namespace CrossEncoders.Postgres;

/// <summary>A vector as pgvector reads it: <c>[0.5,-1]</c>. Its digits give back the same floats.</summary>
internal static class VectorText
{
    /// <summary>The text of a vector.</summary>
    public static string Of(float[] vector) =>
        $"[{string.Join(',', Array.ConvertAll(vector, number => number.ToString(CultureInfo.InvariantCulture)))}]";
}
