using System.Globalization;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Benchmarks.Distillation;

/// <summary>A query that a student learns to order passages for.</summary>
/// <param name="Id">Its name; the same in each run.</param>
/// <param name="Text">Its words.</param>
/// <param name="Answers">Rows of the passages that people or a writer named as answers; none where only the teacher judges.</param>
/// <param name="Origin">Row of the passage that the words come from and that is not to be among the candidates; -1 for none.</param>
internal sealed record TrainingQuery(string Id, string Text, IReadOnlyList<int> Answers, int Origin = -1);

/// <summary>The passages of one language and the queries about them.</summary>
internal sealed class TrainingTexts(string language)
{
    private readonly List<Passage> _passages = [];
    private readonly Dictionary<string, int> _rows = new(StringComparer.Ordinal);
    private readonly List<TrainingQuery> _queries = [];

    public string Language => language;

    public IReadOnlyList<Passage> Passages => _passages;

    public IReadOnlyList<TrainingQuery> Queries => _queries;

    /// <summary>The row of a passage, which is added where it is new.</summary>
    public int Add(string passage)
    {
        var text = passage.Trim();
        if (_rows.TryGetValue(text, out var row))
            return row;
        _passages.Add(new(_passages.Count.ToString(CultureInfo.InvariantCulture), text));
        return _rows[text] = _passages.Count - 1;
    }

    public void Ask(TrainingQuery query) => _queries.Add(query);

    /// <summary>The queries in an order of the seed.</summary>
    public void Shuffle(int seed)
    {
        var queries = _queries.ToArray();
        new Random(seed).Shuffle(queries);
        _queries.Clear();
        _queries.AddRange(queries);
    }
}
