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
    /// The file is not one of scores, or another process writes it, or it cannot be written.
    /// </exception>
    public StoredScores(IPassageScorer teacher, string file)
    {
        (_teacher, _file) = (teacher, Path.GetFullPath(file));
        try
        {
            _log = AppendLog.TryOpen(_file, LineStart, Read)
                ?? throw new CrossEncoderException($"Another program writes scores to '{_file}'. Wait for its end, or name another file.");
        }
        catch (Exception error) when (DiskErrors.Is(error))
        {
            throw CannotWrite(error);
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
            _log.Append(LineOf(key, score));
        }
        catch (Exception error) when (DiskErrors.Is(error))
        {
            throw CannotWrite(error);
        }

        _scores[key] = score;
    }

    private void Read(string line, int number)
    {
        var (pair, score) = JsonLines.Parse<Line>(line, _file, number, "a stored score");
        _scores[pair] = score;
    }

    /// <summary>The lines of a file, of which there may be none yet, with scores put into it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="teacher">The teacher's name.</param>
    /// <param name="scores">What it scored, and how.</param>
    internal static IEnumerable<string> LinesWith(string file, string teacher, IEnumerable<(TextPair Pair, float Score)> scores)
    {
        var all = new OrderedDictionary<string, float>();
        foreach (var (pair, score) in File.Exists(file) ? JsonLines.Read<Line>(file, "a stored score") : [])
            all[pair] = score;
        foreach (var (pair, score) in scores)
            all[KeyOf(teacher, pair)] = score;
        return all.Select(score => LineOf(score.Key, score.Value));
    }

    private static string LineOf(string key, float score) => JsonSerializer.Serialize(new Line(key, score), JsonLines.Options);

    private static string KeyOf(string teacher, TextPair pair) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{teacher}\0{pair.Query}\0{pair.Passage}")));

    private CrossEncoderException CannotWrite(Exception error) =>
        new($"The scores in '{_file}' cannot be written: {error.Message} {DiskErrors.Remedy(error)}", error);

    private sealed record Line(string Pair, float Score);
}
