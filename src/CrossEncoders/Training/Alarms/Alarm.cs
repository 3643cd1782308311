namespace CrossEncoders.Training.Alarms;

/// <summary>Something in a training that looks wrong, with the evidence and what to do.</summary>
/// <param name="Rule">The rule that was broken, for example "learning-rate-too-high".</param>
/// <param name="Step">Optimizer steps done when it was seen.</param>
/// <param name="Evidence">What was seen, with figures.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record Alarm(string Rule, int Step, string Evidence, string Remedy)
{
    /// <summary>"[rule, step 120] evidence remedy".</summary>
    public override string ToString() => $"[{Rule}, step {Step}] {Evidence} {Remedy}";
}

/// <summary>The language of alarms.</summary>
public enum AlarmLanguage
{
    /// <summary>English.</summary>
    English,

    /// <summary>Chinese (simplified).</summary>
    Chinese,
}
