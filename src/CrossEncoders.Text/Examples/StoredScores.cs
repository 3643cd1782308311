using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CrossEncoders.Files;

namespace CrossEncoders.Examples;

/// <summary>
/// A teacher whose scores are kept in a file by the content of the pairs, so that each pair is scored once, however often a data set is
/// labeled, changed or interrupted.
/// </summary>
/// <remarks>
/// One JSON object a line: a hash of the teacher's name, the query and the passage, and the score. Scores are written as they come, a block
/// at a time; what a killed run has written is not computed again. One process writes the file.
/// </remarks>
/// <example><code>
/// using var stored = new StoredScores(teacher, "artifacts/teacher-scores.jsonl");
/// trainer.Train(examples.LabeledBy(stored, SoftLabels.Logits));
/// </code></example>
public sealed class StoredScores : IPassageScorer, IDisposable
{
    private const int Block = 256;
    private const string LineStart = "{\"pair\":";

    private readonly IPassageScorer _teacher;
    private readonly Dictionary<string, float> _scores = new(StringComparer.Ordinal);
    private readonly AppendLog _log;
    private readonly string _file;

    /// <summary>Opens or makes the file.</summary>
    /// <param name="teacher">
    /// Scores what is not in the file; its <see cref="IPassageScorer.Name"/> must tell it from other teachers.
    /// </param>
    /// <param name="file">The file, which several teachers may share.</param>
    /// <exception cref="CrossEncoderException">
    /// The file is not one of scores, or another process writes it, or it cannot be written; or the teacher is one that compares the
    /// passages of a query, such as <see cref="TeacherAverage"/>: store the scores of its parts.
    /// </exception>
    public StoredScores(IPassageScorer teacher, string file)
    {
        IRelativeScorer.Refuse(teacher);
        (_teacher, _file) = (teacher, Path.GetFullPath(file));
        try
        {
            _log = AppendLog.TryOpen(_file, LineStart, Read) ?? throw IsWritten(_file);
        }
        catch (Exception error) when (DiskErrors.Is(error))
        {
            throw CannotWrite(_file, error);
        }
    }

    /// <inheritdoc/>
    public string Name => _teacher.Name;

    /// <summary>Pairs whose scores are in the file.</summary>
    public int Count => _scores.Count;

    /// <inheritdoc/>
    public float[] Score(IReadOnlyList<TextPair> pairs, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        string[] keys = [.. pairs.Select(pair => KeyOf(Name, pair))];
        (string Key, TextPair Pair)[] missing =
        [
            .. keys.Zip(pairs).Where(each => !_scores.ContainsKey(each.First)).DistinctBy(each => each.First),
        ];
        var done = pairs.Count - missing.Length;
        foreach (var block in missing.Chunk(Block))
        {
            cancellation.ThrowIfCancellationRequested();
            var scores = _teacher.Score([.. block.Select(each => each.Pair)], null, cancellation);
            if (scores.Length != block.Length)
                throw new CrossEncoderException(
                    $"The teacher '{Name}' gave {scores.Length} scores for {block.Length} pairs; expected one each."
                );
            foreach (var (key, score) in block.Select(each => each.Key).Zip(scores))
                Add(key, score);
            progress?.Report(new WorkProgress("scoring", done += block.Length, pairs.Count));
        }

        return [.. keys.Select(key => _scores[key])];
    }

    /// <inheritdoc/>
    public void Dispose() => _log.Dispose();

    private void Add(string key, float score)
    {
        if (!float.IsFinite(score))
            throw new CrossEncoderException(
                $"The teacher '{Name}' gave {score} for a pair; expected a number. Its weights are damaged, or its compute "
                    + "type is too narrow."
            );
        try
        {
            _log.Append(JsonSerializer.Serialize(new Line(key, score), JsonLines.Options));
        }
        catch (Exception error) when (DiskErrors.Is(error))
        {
            throw CannotWrite(_file, error);
        }

        _scores[key] = score;
    }

    private void Read(string line, int number)
    {
        var (pair, score) = Parse(line, _file, number);
        _scores[pair] = score;
    }

    /// <summary>Puts scores into a file, of which there may be none yet; what else is in it stays.</summary>
    /// <param name="file">The file.</param>
    /// <param name="teacher">The teacher's name.</param>
    /// <param name="scores">What it scored, and how.</param>
    /// <exception cref="CrossEncoderException">The file is not one of scores, or is being written, or cannot be written.</exception>
    internal static void Put(string file, string teacher, IEnumerable<(TextPair Pair, float Score)> scores)
    {
        file = Path.GetFullPath(file);
        try
        {
            // Who has the file open would go on writing to the one that is replaced.
            using var held = FileLock.TryTake(file + ".lock") ?? throw IsWritten(file);
            var all = new OrderedDictionary<string, float>();
            void Take(Line line) => all[line.Pair] = line.Score;
            if (File.Exists(file))
                AppendLog.Read(file, LineStart, (line, number) => Take(Parse(line, file, number)));
            foreach (var (pair, score) in scores)
                Take(new(KeyOf(teacher, pair), score));
            JsonLines.Write(file, all.Select(score => new Line(score.Key, score.Value)));
        }
        catch (Exception error) when (DiskErrors.Is(error))
        {
            throw CannotWrite(file, error);
        }
    }

    private static Line Parse(string line, string file, int number) => JsonLines.Parse<Line>(line, file, number, "a stored score");

    private static string KeyOf(string teacher, TextPair pair) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{teacher}\0{pair.Query}\0{pair.Passage}")));

    private static CrossEncoderException IsWritten(string file) =>
        new($"Another program writes scores to '{file}'. Wait for its end, or name another file.");

    private static CrossEncoderException CannotWrite(string file, Exception error) =>
        new($"The scores in '{file}' cannot be written: {error.Message} {DiskErrors.Remedy(error)}", error);

    private sealed record Line(string Pair, float Score);
}
