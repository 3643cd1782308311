using System.CommandLine;
using CrossEncoders;
using CrossEncoders.Scoring;

namespace ScoreTool;

/// <summary>The options that say where scores go.</summary>
internal sealed class OutputOptions
{
    private readonly Option<string> _output = new Option<string>("--output")
    {
        Description =
            "The file to write: one JSON object a line with the pair's number and score; or, where it ends in .run or .trec, the run "
            + "of --run in its new order. A file that is there is replaced.",
        Required = true,
    }.NotEmpty();

    private readonly Option<bool> _teacher = new("--teacher")
    {
        Description =
            "Writes the scores of --pairs as StoredScores reads them, for a student to learn from; a file of such scores keeps those of "
            + "other teachers.",
    };

    public void AddTo(Command command)
    {
        command.Add(_output);
        command.Add(_teacher);
    }

    /// <summary>Writes scores, and says so.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="scores">The scores; asked for once it is known that nothing they are made of would be replaced.</param>
    /// <param name="input">What was scored.</param>
    /// <param name="parts">Folders or files of parts.</param>
    /// <exception cref="CrossEncoderException">The output is one of the inputs, or lies among the parts.</exception>
    public void Save(ParseResult parsed, Func<MergedScores> scores, InputOptions input, params IEnumerable<string> parts)
    {
        var path = parsed.GetRequiredValue(_output);
        var full = Path.GetFullPath(path);
        if (input.Named(parsed).Concat(parts).Select(Path.GetFullPath).Contains(full))
            throw new CrossEncoderException($"--output {path} is one of the inputs, which it would replace. Name another file.");
        if (parts.Select(part => Path.TrimEndingDirectorySeparator(Path.GetFullPath(part))).Contains(Path.GetDirectoryName(full)))
            throw new CrossEncoderException($"--output {path} lies in the folder of the parts. Name a file elsewhere.");
        var (merged, pairs) = (scores(), input.Read(parsed));
        if (!parsed.GetValue(_teacher))
            merged.Save(path, pairs);
        else
            merged.SaveStored(path, pairs ?? throw new CrossEncoderException("--teacher needs the texts; expected --pairs, or --run."));
        foreach (var note in merged.Notes)
            Console.Error.WriteLine(note);
        Console.WriteLine($"{merged.Scores.Count} scores in {Path.GetFullPath(path)}");
    }
}
