using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CrossEncoders.Evaluation;

namespace CrossEncoders.Scoring;

/// <summary>
/// Pairs in files that are to be scored, in the order of the file. They are read through once when this is made, so that a row that is
/// broken is found before anything is scored, and are not kept in memory.
/// </summary>
public sealed class ScoringInput
{
    private const int SampleSize = 128;
    private readonly Func<IEnumerable<ScoringPair>> _read;

    private ScoringInput(string name, bool isRun, Func<IEnumerable<ScoringPair>> read)
    {
        (Name, IsRun, _read) = (name, isRun, read);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var random = new SplitMix64(1);
        var sample = new List<TextPair>(SampleSize);
        foreach (var (pair, _, _) in read())
        {
            Append(hash, pair.Query);
            Append(hash, pair.Passage);
            if (Pairs == Array.MaxLength)
                throw new CrossEncoderException($"'{name}' has more than {Array.MaxLength} pairs. Divide it into several files.");
            Pairs++;
            // Every pair has the same chance to be in the sample (Vitter 1985, algorithm R).
            if (sample.Count < SampleSize)
                sample.Add(pair);
            else if (random.Below(Pairs) is var place && place < SampleSize)
                sample[place] = pair;
        }

        if (Pairs == 0)
            throw new CrossEncoderException($"'{name}' has no pairs to score.");
        (Hash, Sample) = (Convert.ToHexStringLower(hash.GetHashAndReset()), sample);
    }

    /// <summary>The name of the file.</summary>
    public string Name { get; }

    /// <summary>How many pairs there are.</summary>
    public int Pairs { get; }

    /// <summary>The SHA-256 of all texts in their order, whatever form the file has.</summary>
    public string Hash { get; }

    /// <summary>Whether questions and passages have ids, as in a run.</summary>
    internal bool IsRun { get; }

    /// <summary>Some of the pairs, drawn at random, but always the same.</summary>
    internal IReadOnlyList<TextPair> Sample { get; }

    /// <summary>
    /// A table: .jsonl, .parquet, .csv or .tsv, with query and passage (labels are not needed), or in another form of training examples, of
    /// which every passage makes a pair.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CrossEncoderException">The file is missing or empty, or a row has no pair; the message names it.</exception>
    public static ScoringInput FromTable(string path) => new(Path.GetFileName(path), isRun: false, () => ScoringPair.InTable(path));

    /// <summary>A run of TREC (question Q0 passage rank score tag), each of whose lines is a pair.</summary>
    /// <param name="run">The file.</param>
    /// <param name="passages">Their texts: a file as <see cref="TestSet.FromFiles"/> reads them, or a folder in BEIR's layout.</param>
    /// <param name="queries">The questions' texts, likewise.</param>
    /// <remarks>The texts of the passages that the run names are kept in memory, and no others.</remarks>
    /// <exception cref="CrossEncoderException">A file is missing or broken, or the run names what has no text.</exception>
    public static ScoringInput FromRun(string run, string passages, string queries)
    {
        var (wanted, asked) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        foreach (var line in TrecRun.Lines(run))
        {
            wanted.Add(line.Passage);
            asked.Add(line.Question);
        }

        var texts = Named(
            TestSetFiles.FilesOf(passages, "corpus").SelectMany(TestSetFiles.Passages).Select(p => (p.Id, p.Text)),
            wanted,
            passages
        );
        var questions = Named(TestSetFiles.FilesOf(queries, "queries").SelectMany(TestSetFiles.Queries), asked, queries);
        return new(Path.GetFileName(run), isRun: true, () => TrecRun.Lines(run).Select(Pair));

        ScoringPair Pair(TrecLine line) =>
            new(
                new(
                    Text(questions, line.Question, run, line.Number, "question", queries),
                    Text(texts, line.Passage, run, line.Number, "passage", passages)
                ),
                line.Question,
                line.Passage
            );
    }

    /// <summary>The pairs, read again.</summary>
    internal IEnumerable<ScoringPair> Read() => _read();

    /// <summary>How many blocks of a size there are.</summary>
    internal int Blocks(int size) => (Pairs - 1) / size + 1;

    private static Dictionary<string, string> Named(IEnumerable<(string Id, string Text)> all, HashSet<string> wanted, string place)
    {
        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (id, text) in all)
            if (wanted.Contains(id) && !named.TryAdd(id, text) && named[id] != text)
                throw new CrossEncoderException($"The id '{id}' has two texts in '{place}'. Give each text an id of its own.");
        return named;
    }

    private static string Text(Dictionary<string, string> texts, string id, string run, int line, string what, string place) =>
        texts.TryGetValue(id, out var text)
            ? text
            : throw new CrossEncoderException(
                $"Line {line} of '{Path.GetFullPath(run)}' names the {what} '{id}', which '{place}' does not have. Check that the files "
                    + "belong together."
            );

    private static void Append(IncrementalHash hash, string text)
    {
        hash.AppendData(BitConverter.GetBytes(text.Length)); // so that no two lists of texts look alike
        hash.AppendData(MemoryMarshal.AsBytes(text.AsSpan()));
    }
}
