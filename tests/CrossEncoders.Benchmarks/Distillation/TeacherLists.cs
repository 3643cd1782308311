using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CrossEncoders.Examples;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Benchmarks.Distillation;

/// <summary>
/// Candidates for each query, labeled by what needs no training: cosine, late interaction and BM25. The candidates are the answers, some
/// of the head of the first stage, some of a band below, and one at random.
/// </summary>
internal sealed class TeacherLists : IDisposable
{
    private const int Head = 4;
    private const int Middle = 3;
    private const int BandEnd = 60;
    private const int Size = 8;
    private const double Sharpness = 1.2;
    private const double Absolute = 1.5;

    private readonly TrainingTexts _texts;
    private readonly double _answerBonus;
    private readonly DenseRetriever _dense;
    private readonly LateInteraction _late;
    private readonly Bm25Retriever _bm25;
    private readonly HybridRetriever _hybrid;

    public TeacherLists(TrainingTexts texts, BiEncoder encoder, string folder, double answerBonus, IProgress<WorkProgress> progress)
    {
        (_texts, _answerBonus) = (texts, answerBonus);
        var cache = Path.Combine(folder, texts.Language);
        _bm25 = new(texts.Passages);
        _dense = new(texts.Passages, encoder, cache + ".vectors", "cosine", progress);
        _late = new(texts.Passages, encoder, cache + ".states", progress: progress);
        _hybrid = new([_bm25, _dense]);
    }

    /// <summary>The examples of all queries, each query's a group, labels being logits.</summary>
    public List<InputExample> Examples(IProgress<WorkProgress> progress)
    {
        var all = new List<Scored>();
        foreach (var block in _texts.Queries.Chunk(256))
        {
            all.AddRange(Block(block));
            progress.Report(new("labeling", all.Count / Size, _texts.Queries.Count, _texts.Language));
        }

        var global = Standard([.. all.Select(pair => pair.Cosine)]).Zip(Standard([.. all.Select(pair => pair.MaxSim)]), (a, b) => a + b);
        var absolute = Standard([.. global]);
        return
        [
            .. all.Index()
                .GroupBy(pair => pair.Item.Query)
                .SelectMany(group => Labeled([.. group.Select(pair => pair.Item)], group.Average(pair => absolute[pair.Index]))),
        ];
    }

    public void Dispose() => _late.Dispose();

    /// <summary>Labels whose differences are the teacher's and whose mean says how well the query's passages fit at all.</summary>
    private IEnumerable<InputExample> Labeled(Scored[] list, double level)
    {
        var (cosine, maxSim) = (Standard([.. list.Select(pair => pair.Cosine)]), Standard([.. list.Select(pair => pair.MaxSim)]));
        var bm25 = Standard([.. list.Select(pair => pair.Bm25)]);
        for (var i = 0; i < list.Length; i++)
        {
            var (query, row) = (list[i].Query, list[i].Row);
            var teacher = cosine[i] + maxSim[i] + 0.5 * bm25[i] + (query.Answers.Contains(row) ? _answerBonus : 0);
            var label = (float)Math.Round(Sharpness * teacher + Absolute * level, 3);
            yield return new([query.Text, _texts.Passages[row].Text], label) { Group = query.Id };
        }
    }

    private IEnumerable<Scored> Block(TrainingQuery[] queries)
    {
        var found = _hybrid.SearchAll([.. queries.Select(query => query.Text)], BandEnd + 1);
        var chosen = queries.Zip(found, Choose).SelectMany(list => list).ToList();
        TextPair[] pairs = [.. chosen.Select(each => new TextPair(each.Query.Text, _texts.Passages[each.Row].Text))];
        var (cosine, maxSim, bm25) = (_dense.Score(pairs), _late.Score(pairs), _bm25.Score(pairs));
        return chosen.Select((each, i) => new Scored(each.Query, each.Row, cosine[i], maxSim[i], bm25[i]));
    }

    private IEnumerable<(TrainingQuery Query, int Row)> Choose(TrainingQuery query, IReadOnlyList<Hit> found)
    {
        var random = new Random((int)(Hash(query.Id) >> 1));
        List<int> rows = [.. query.Answers.Take(2)];
        int[] hits =
        [
            .. found
                .Select(hit => int.Parse(hit.Passage.Id, CultureInfo.InvariantCulture))
                .Where(row => row != query.Origin && !rows.Contains(row)),
        ];
        var band = hits.Skip(2 * Head).ToArray();
        random.Shuffle(band);
        var head = hits.Take(2 * Head).ToArray();
        random.Shuffle(head);
        rows.AddRange(head.Take(Math.Max(0, Size - 1 - Middle - rows.Count)));
        rows.AddRange(band.Take(Size - 1 - rows.Count));
        while (rows.Count < Size)
            if (random.Next(_texts.Passages.Count) is var other && other != query.Origin && !rows.Contains(other))
                rows.Add(other);
        return rows.Select(row => (query, row));
    }

    /// <summary>A number for a name that is the same in each process.</summary>
    public static uint Hash(string name) => BitConverter.ToUInt32(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    /// <summary>Minus the mean, by the deviation.</summary>
    private static double[] Standard(double[] values)
    {
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
        return Array.ConvertAll(values, value => deviation < 1e-9 ? 0 : (value - mean) / deviation);
    }

    private sealed record Scored(TrainingQuery Query, int Row, double Cosine, double MaxSim, double Bm25);
}
