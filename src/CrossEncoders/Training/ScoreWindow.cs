using CrossEncoders.Training.Alarms;

namespace CrossEncoders.Training;

/// <summary>The first and the newest scores that a training gave its examples, for the alarms to look at.</summary>
internal sealed class ScoreWindow
{
    private readonly Queue<ScoredExample> _recent = new();
    private readonly List<ScoredExample> _first = [];

    /// <summary>The newest scores, at most <see cref="WatchedTraining.RecentScores"/>.</summary>
    public IReadOnlyCollection<ScoredExample> Recent => _recent;

    /// <summary>The first scores, at most half as many.</summary>
    public IReadOnlyCollection<ScoredExample> First => _first;

    /// <summary>
    /// Notes the scores of a micro-batch, (batch) each; more logits than labels, of a model with several labels, are passed over, since no
    /// rule reads them.
    /// </summary>
    public void Note(ReadOnlySpan<float> logits, ReadOnlySpan<float> labels)
    {
        if (logits.Length != labels.Length)
            return;
        for (var i = 0; i < labels.Length; i++)
        {
            var scored = new ScoredExample(logits[i], labels[i]);
            _recent.Enqueue(scored);
            if (_first.Count < WatchedTraining.RecentScores / 2)
                _first.Add(scored);
        }

        while (_recent.Count > WatchedTraining.RecentScores)
            _recent.Dequeue();
    }
}
