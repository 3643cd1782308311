using System.Text.Json;
using CrossEncoders.Files;

namespace CrossEncoders.Scoring;

/// <summary>
/// The file of one part: a line that says what it is a part of, then a line for each block of scores as it is done. A kill tears at most
/// the last line, whose block is then scored again.
/// </summary>
internal sealed class ScorePart : IDisposable
{
    private const string LineStart = "{\"type\":";

    private readonly Dictionary<int, float[]> _blocks = [];
    private readonly List<string> _machines = [];
    private AppendLog? _log;
    private string _job = "";

    private ScorePart(string path) => FilePath = Path.GetFullPath(path);

    /// <summary>Where it lies.</summary>
    public string FilePath { get; }

    /// <summary>What it is a part of.</summary>
    public PartHeader Header { get; private set; } = null!;

    /// <summary>The scores of the blocks that are done, by their number.</summary>
    public IReadOnlyDictionary<int, float[]> Blocks => _blocks;

    /// <summary>The machines that scored.</summary>
    public IReadOnlyList<string> Machines => _machines;

    /// <summary>Pairs that are scored.</summary>
    public int Pairs => _blocks.Values.Sum(scores => scores.Length);

    /// <summary>Opens a part to go on with it, or begins it.</summary>
    /// <exception cref="CrossEncoderException">
    /// Another process writes it, it is of another scoring or damaged (it stays as it is), or it cannot be written.
    /// </exception>
    public static ScorePart Open(string path, PartHeader header, string machine)
    {
        var part = new ScorePart(path);
        part.Guard("written", () => part._log = AppendLog.TryOpen(part.FilePath, LineStart, part.Take));
        if (part._log is null)
            throw new CrossEncoderException(
                $"Another process writes '{part.FilePath}': it holds '{part.FilePath}.lock'. Wait for its end, or score another part."
            );
        try
        {
            if (part.Header is null)
                part.Begin(header);
            part.RequireSame(header);
            if (part._machines.LastOrDefault() != machine)
                part.Append(JsonSerializer.Serialize(new PartMachine("machine", machine), JsonLines.Options));
            return part;
        }
        catch
        {
            part.Dispose();
            throw;
        }
    }

    /// <summary>Reads a part, which may be written meanwhile and stays as it is.</summary>
    /// <exception cref="CrossEncoderException">It is no part, or damaged, or cannot be read.</exception>
    public static ScorePart Read(string path)
    {
        var part = new ScorePart(path);
        part.Guard("read", () => AppendLog.Read(part.FilePath, LineStart, part.Take));
        return part.Header is null
            ? throw new CrossEncoderException($"'{part.FilePath}' is empty: its process ended before it began. Score the part again.")
            : part;
    }

    /// <summary>It is a part of this scoring.</summary>
    /// <exception cref="CrossEncoderException">It is not; the message names the difference.</exception>
    public void RequireSame(PartHeader header)
    {
        var difference = header.Number != Header.Number ? $"it is part {Header.Shard} and not {header.Shard}" : header.Difference(Header);
        if (difference is not null)
            throw new CrossEncoderException(
                $"'{FilePath}' belongs to another scoring: {difference}. Name another folder for the parts, or delete the file."
            );
    }

    /// <summary>Writes the scores of a block down, and waits until they are on the disk.</summary>
    /// <exception cref="CrossEncoderException">It cannot be written; the file is as it was before.</exception>
    public void Append(int block, float[] scores)
    {
        Append(PartBlock.Line(_job, block, scores));
        _blocks[block] = scores;
    }

    /// <summary>Ends the writing.</summary>
    public void Dispose() => _log?.Dispose();

    private void Begin(PartHeader header)
    {
        Append(JsonSerializer.Serialize(header, JsonLines.Options));
        (Header, _job) = (header, header.Job);
    }

    private void Append(string line) => Guard("written", () => _log!.Append(line, toDisk: true));

    private void Take(string line, int number)
    {
        if (line.StartsWith(PartHeader.Begins, StringComparison.Ordinal) && Header is null)
        {
            Header = JsonLines.Parse<PartHeader>(line, FilePath, number, "the beginning of a part of scores");
            if (Header is not { Count: > 0, Number: > 0, Pairs: > 0, BlockPairs: > 0 } || Header.Number > Header.Count)
                throw Damaged(number, "its numbers are impossible");
            _job = Header.Job;
        }
        else if (Header is null)
            throw new CrossEncoderException(
                $"'{FilePath}' is not a part of scores: it begins with '{Excerpt.Of(line, 80)}'; expected '{PartHeader.Begins}'."
            );
        else if (line.StartsWith(PartMachine.Begins, StringComparison.Ordinal))
            _machines.Add(JsonLines.Parse<PartMachine>(line, FilePath, number, "the name of a machine").Machine);
        else if (line.StartsWith(PartBlock.Begins, StringComparison.Ordinal))
            Take(JsonLines.Parse<PartBlock>(line, FilePath, number, "a block of scores"), number);
        else
            throw Damaged(number, $"it begins with '{Excerpt.Of(line, 40)}'");
    }

    private void Take(PartBlock line, int number)
    {
        if (line.Read(_job) is not { } scores)
            throw Damaged(number, "its check sum is not that of its scores in this part");
        if (line.Block < 0 || line.Block >= Header.Blocks || !Header.Shard.Owns(line.Block))
            throw Damaged(number, $"block {line.Block} does not belong to part {Header.Shard}");
        if (scores.Length != Header.PairsOf(line.Block))
            throw Damaged(number, $"block {line.Block} has {scores.Length} scores and not {Header.PairsOf(line.Block)}");
        if (!_blocks.TryAdd(line.Block, scores))
            throw Damaged(number, $"block {line.Block} comes a second time");
    }

    private CrossEncoderException Damaged(int line, string why) =>
        new($"Line {line} of '{FilePath}' is damaged: {why}. Delete the file and score the part again.");

    private void Guard(string what, Action action)
    {
        try
        {
            action();
        }
        catch (Exception error) when (DiskErrors.Is(error))
        {
            throw new CrossEncoderException(
                $"The part '{FilePath}' cannot be {what}: {error.Message} {DiskErrors.Remedy(error)} What was scored is kept.",
                error
            );
        }
    }
}
