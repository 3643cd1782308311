using CrossEncoders.Modeling;
using static TorchSharp.torch;

namespace CrossEncoders.Training.Losses;

/// <summary>Puts the values of a batch into one row a group: what all losses that compare the passages of a query begin with.</summary>
/// <param name="Positions">
/// Where in the batch each place of the rows is taken from, int64 (groups × width); 0 where there is nothing.
/// </param>
/// <param name="Mask">True where there is a passage, bool (groups, width).</param>
internal readonly record struct PaddedLists(Tensor Positions, Tensor Mask)
{
    /// <summary>Stands where there is no passage: so low that softmax and sigmoid make it 0, and still finite.</summary>
    public const float Nothing = -1e9f;

    /// <summary>Rows for groups of these sizes; the width is the largest size.</summary>
    public static PaddedLists Of(IReadOnlyList<int> groups, Device device)
    {
        var width = groups.Max();
        var index = new long[groups.Count * width];
        var present = new bool[index.Length];
        for (int group = 0, start = 0; group < groups.Count; start += groups[group++])
        {
            for (var i = 0; i < groups[group]; i++)
                (index[group * width + i], present[group * width + i]) = (start + i, true);
        }

        return new(tensor(index, device: device), tensor(present, [groups.Count, width], device: device));
    }

    /// <summary>The values (batch) as rows (groups, width), with <paramref name="nothing"/> where there is no passage.</summary>
    public Tensor Rows(Tensor values, float nothing) => values.view(-1).index_select(0, Positions).view(Mask.shape).Masked(~Mask, nothing);
}
