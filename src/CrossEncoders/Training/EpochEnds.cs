namespace CrossEncoders.Training;

/// <summary>
/// Where epochs begin and end, counted in optimizer steps. Groups of different sizes make epochs of different lengths: each is then planned
/// in order to be counted, but only as far as needed.
/// </summary>
/// <param name="stepsOf">Plans an epoch and counts its steps.</param>
/// <param name="alike">Whether all epochs have as many steps as the first.</param>
/// <param name="cancellation">Stops the counting.</param>
internal sealed class EpochEnds(Func<int, int> stepsOf, bool alike, CancellationToken cancellation)
{
    private readonly List<long> _ends = [stepsOf(0)]; // steps done at the end of each epoch that has been counted

    /// <summary>Steps of the first epoch.</summary>
    public int First => (int)_ends[0];

    /// <summary>Steps done when a number of epochs are.</summary>
    public long After(long epochs)
    {
        if (epochs == 0)
            return 0;
        if (alike)
            return epochs * First;
        while (_ends.Count < epochs && _ends[^1] <= int.MaxValue)
            Count();
        return _ends[(int)Math.Min(epochs, _ends.Count) - 1];
    }

    /// <summary>The epoch that a step (from 0) belongs to, and its place in it.</summary>
    public (int Epoch, int Within) Position(int step)
    {
        if (alike)
            return (step / First, step % First);
        while (_ends[^1] <= step)
            Count();
        var epoch = _ends.BinarySearch(step + 1L);
        if (epoch < 0)
            epoch = ~epoch;
        return (epoch, (int)(step - After(epoch)));
    }

    private void Count()
    {
        cancellation.ThrowIfCancellationRequested();
        _ends.Add(_ends[^1] + stepsOf(_ends.Count));
    }
}
