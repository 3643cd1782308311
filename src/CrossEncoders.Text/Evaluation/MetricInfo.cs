namespace CrossEncoders.Evaluation;

/// <summary>What a metric is: for tables, axes and those who read them.</summary>
/// <param name="Name">As in an evaluator's results, for example "ndcg@10".</param>
/// <param name="Meaning">What it says, in a sentence.</param>
/// <param name="HigherIsBetter">Its direction; null where it has none, such as a threshold.</param>
/// <param name="Citation">Where it comes from.</param>
public sealed record MetricInfo(string Name, string Meaning, bool? HigherIsBetter, string Citation);
