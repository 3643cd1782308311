namespace CrossEncoders.Training;

/// <summary>Tells of each evaluation once: its value, the epoch, and the steps within it.</summary>
/// <param name="metric">The metric whose value is told.</param>
/// <param name="callback">Hears of it.</param>
internal sealed class EvaluationCallback(string metric, Action<double, int, int> callback) : IProgress<TrainingRun>
{
    private int _told;

    public void Report(TrainingRun value)
    {
        for (; _told < value.Evaluations.Count; _told++)
        {
            var result = value.Evaluations[_told].Result;
            callback(result.Metrics.GetValueOrDefault(metric, double.NaN), result.Epoch, result.Steps);
        }
    }
}
