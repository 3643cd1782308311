namespace CrossEncoders;

/// <summary>How far some long work has come.</summary>
/// <param name="Activity">What is being done, for example "scoring".</param>
/// <param name="Done">Units done.</param>
/// <param name="Total">Units in all; 0 where unknown.</param>
/// <param name="Detail">A few words on the present state, for example "loss 0.21".</param>
public sealed record WorkProgress(string Activity, long Done, long Total, string? Detail = null);
