namespace CrossEncoders.Training;

/// <summary>How the learning rate changes over the steps.</summary>
public enum Schedule
{
    /// <summary>Rises over the warm-up, then falls linearly to 0.</summary>
    WarmupLinear,

    /// <summary>Does not change; there is no warm-up.</summary>
    Constant,

    /// <summary>Rises over the warm-up, then stays.</summary>
    WarmupConstant,

    /// <summary>Rises over the warm-up, then falls to 0 along half a cosine.</summary>
    WarmupCosine,

    /// <summary>Rises over the warm-up, then falls to 0 along a cosine as often as there are cycles (1).</summary>
    WarmupCosineWithHardRestarts,
}

/// <summary>The schedules of sentence-transformers' <c>CrossEncoder.fit</c> as pure functions of the step.</summary>
public static class Schedules
{
    /// <summary>The factor on the learning rate that step <paramref name="step"/> (from 0) uses, 0..1.</summary>
    /// <param name="schedule">The kind.</param>
    /// <param name="step">The optimizer step, from 0.</param>
    /// <param name="warmupSteps">Steps over which the rate rises from 0.</param>
    /// <param name="totalSteps">Steps of the whole training.</param>
    public static double Factor(Schedule schedule, int step, int warmupSteps, int totalSteps)
    {
        if (schedule == Schedule.Constant)
            return 1;
        if (step < warmupSteps)
            return (double)step / Math.Max(1, warmupSteps);
        var progress = (double)(step - warmupSteps) / Math.Max(1, totalSteps - warmupSteps);
        return schedule switch
        {
            Schedule.WarmupLinear => Math.Max(0, (double)(totalSteps - step) / Math.Max(1, totalSteps - warmupSteps)),
            Schedule.WarmupConstant => 1,
            Schedule.WarmupCosine => Math.Max(0, 0.5 * (1 + Math.Cos(Math.PI * progress))),
            Schedule.WarmupCosineWithHardRestarts => progress >= 1 ? 0 : Math.Max(0, 0.5 * (1 + Math.Cos(Math.PI * (progress % 1)))),
            _ => throw new ArgumentOutOfRangeException(nameof(schedule), schedule, "Unknown schedule."),
        };
    }
}
