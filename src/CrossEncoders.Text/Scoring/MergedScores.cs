using System.Globalization;
using System.Text;
using CrossEncoders.Examples;
using CrossEncoders.Files;

namespace CrossEncoders.Scoring;

/// <summary>
/// The scores of all parts of a scoring in the order of the input: those that one process gives, bit for bit where all were scored on
/// machines of one kind, as <see cref="Notes"/> says where they were not.
/// </summary>
public sealed class MergedScores
{
    private readonly PartHeader _header;
    private readonly float[] _scores;

    internal MergedScores(PartHeader header, float[] scores, IReadOnlyList<string> notes) =>
        (_header, _scores, Notes) = (header, scores, notes);

    /// <summary>One score, a logit, for each pair.</summary>
    public IReadOnlyList<float> Scores => _scores;

    /// <summary>What a reader should know, a sentence each; empty for nothing.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Reads the parts, checks that all are there, whole, and of one scoring, and puts them together.</summary>
    /// <param name="parts">The files, or folders whose .jsonl files are the parts.</param>
    /// <exception cref="CrossEncoderException">
    /// A part is missing, there twice, not finished, damaged, or of another scoring; the message names it.
    /// </exception>
    public static MergedScores Of(params IEnumerable<string> parts)
    {
        string[] files =
        [
            .. parts.SelectMany(path =>
                Directory.Exists(path)
                    ? Directory.EnumerateFiles(path, "*.jsonl").Order(StringComparer.Ordinal)
                    : (IEnumerable<string>)[path]
            ),
        ];
        if (files.Length == 0)
            throw new CrossEncoderException($"There are no parts in {string.Join(", ", parts)}; expected files part-….jsonl.");
        ScorePart? first = null;
        var (scores, found, machines) = (Array.Empty<float>(), new Dictionary<int, string>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var file in files)
        {
            using var part = ScorePart.Read(file);
            first ??= part;
            if (scores.Length == 0)
                scores = new float[part.Header.Pairs];
            if (first.Header.Difference(part.Header) is { } difference)
                throw new CrossEncoderException(
                    $"'{part.FilePath}' and '{first.FilePath}' are not of one scoring: {difference}. Merge the parts of one scoring only."
                );
            if (!found.TryAdd(part.Header.Number, part.FilePath))
                throw new CrossEncoderException(
                    $"Part {part.Header.Shard} is there twice: '{found[part.Header.Number]}' and '{part.FilePath}'. Take one away."
                );
            RequireAll(part);
            foreach (var (block, values) in part.Blocks)
                values.CopyTo(scores, block * part.Header.BlockPairs);
            machines.UnionWith(part.Machines);
        }

        var missing = Enumerable.Range(1, first!.Header.Count).Where(number => !found.ContainsKey(number)).ToList();
        if (missing.Count > 0)
            throw new CrossEncoderException(
                $"{missing.Count} of {first.Header.Count} parts are missing: {string.Join(", ", missing.Take(20))}"
                    + $"{(missing.Count > 20 ? ", …" : "")}. Score them, or name their files, too."
            );
        return new(first.Header, scores, NotesOn(machines));
    }

    /// <summary>A note where several machines scored.</summary>
    internal static IReadOnlyList<string> NotesOn(IReadOnlyCollection<string> machines) =>
        machines.Count < 2
            ? []
            : [$"Scored on unlike machines ({string.Join("; ", machines.Order(StringComparer.Ordinal))}): last digits may differ."];

    /// <summary>
    /// Writes the scores, the file appears whole or not at all. JSON Lines with the pair's number from 1 and its score, and in a run's with
    /// the ids; or, where the name ends in .run or .trec, the run in the new order.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="input">What was scored; null where its ids are not wanted.</param>
    /// <exception cref="CrossEncoderException">
    /// The input is another, a run is to be written of what is none, or the file cannot be written.
    /// </exception>
    public void Save(string path, ScoringInput? input = null)
    {
        var isRun = Path.GetExtension(path).ToLowerInvariant() is ".run" or ".trec";
        if (isRun && input is not { IsRun: true })
            throw new CrossEncoderException($"'{path}' is to be a run, but what was scored is none. Name the run, or a file .jsonl.");
        if (input is not null)
            Require(input);
        Write(
            path,
            isRun ? RunLines(input!)
                : input is { IsRun: true } ? IdLines(input)
                : _scores.Select((score, i) => Line(new(i + 1, score)))
        );
    }

    /// <summary>
    /// Writes the scores as <see cref="StoredScores"/> reads them, so that a training finds them and asks no teacher. What else is in the
    /// file, such as other teachers' scores, stays.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="input">What was scored.</param>
    /// <exception cref="CrossEncoderException">
    /// The input is another, the file is not one of scores or cannot be written, or a <see cref="StoredScores"/> has it open.
    /// </exception>
    public void SaveStored(string path, ScoringInput input)
    {
        Require(input);
        StoredScores.Put(path, _header.Scorer, input.Read().Zip(_scores, (pair, score) => (pair.Pair, score)));
    }

    private static void RequireAll(ScorePart part)
    {
        var header = part.Header;
        var own = Enumerable.Range(0, header.Blocks).Count(header.Shard.Owns);
        if (part.Blocks.Count < own)
            throw new CrossEncoderException(
                $"Part {header.Shard} ('{part.FilePath}') is not finished: {own - part.Blocks.Count} of its {own} blocks are missing. "
                    + "Start it again; it goes on where it was."
            );
    }

    private void Require(ScoringInput input)
    {
        if (input.Hash != _header.Input)
            throw new CrossEncoderException(
                $"'{input.Name}' is not what was scored: its texts have the hash {input.Hash[..12]}… and not {_header.Input[..12]}…. Name "
                    + "the file that the parts were made of."
            );
    }

    private IEnumerable<string> IdLines(ScoringInput input) =>
        input.Read().Select((pair, i) => Line(new(i + 1, _scores[i], pair.QuestionId, pair.PassageId)));

    /// <summary>The lines of a run: questions in their order, passages by their score, of equal ones the greater id first.</summary>
    private IEnumerable<string> RunLines(ScoringInput input)
    {
        var tag = string.Join('_', _header.Scorer.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return input
            .Read()
            .Select((pair, i) => (Question: pair.QuestionId!, Passage: pair.PassageId!, Score: _scores[i]))
            .GroupBy(line => line.Question, StringComparer.Ordinal)
            .SelectMany(group =>
                group
                    .OrderByDescending(line => line.Score)
                    .ThenByDescending(line => line.Passage, StringComparer.Ordinal)
                    .Select(
                        (line, i) =>
                            string.Create(CultureInfo.InvariantCulture, $"{line.Question} Q0 {line.Passage} {i + 1} {line.Score:R} {tag}")
                    )
            );
    }

    private static string Line(ScoreLine line) => System.Text.Json.JsonSerializer.Serialize(line, JsonLines.Options);

    private static void Write(string path, IEnumerable<string> lines) => AtomicFile.Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
            foreach (var line in lines)
                writer.WriteLine(line);
        });

    private readonly record struct ScoreLine(int Pair, float Score, string? Question = null, string? Passage = null);
}
