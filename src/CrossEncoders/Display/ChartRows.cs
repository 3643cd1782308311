namespace CrossEncoders.Display;

/// <summary>A bar of <see cref="Charts.Rankings"/>: a metric of one system on one slice of the questions.</summary>
/// <param name="System">What was measured, for example "BM25 + fine-tuned".</param>
/// <param name="Slice">What it was measured on, for example "all" or "zh".</param>
/// <param name="Value">The metric.</param>
/// <param name="Low">Lower end of its interval, if there is one.</param>
/// <param name="High">Upper end of its interval.</param>
public sealed record MetricBar(string System, string Slice, double Value, double? Low = null, double? High = null);
