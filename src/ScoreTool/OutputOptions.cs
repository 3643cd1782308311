using System.CommandLine;
using CrossEncoders;
using CrossEncoders.Scoring;

namespace ScoreTool;

/// <summary>The options that say where scores go.</summary>
internal sealed class OutputOptions
{
    private readonly Option<string> _output = new("--output")
    {
        Description =
            "The file to write: one JSON object a line with the pair's number and score; or, where it ends in .run or .trec, the run "
            + "of --run in its new order.",
        Required = true,
    };

    private readonly Option<bool> _teacher = new("--teacher")
    {
        Description = "Writes the scores of --pairs as StoredScores reads them, for a student to learn from.",
    };

    public void AddTo(Command command)
    {
        command.Add(_output);
        command.Add(_teacher);
    }

    /// <summary>Writes scores, and says so.</summary>
    public void Save(ParseResult parsed, MergedScores merged, ScoringInput? pairs)
    {
        var path = parsed.GetRequiredValue(_output);
        if (!parsed.GetValue(_teacher))
            merged.Save(path, pairs);
        else
            merged.SaveStored(path, pairs ?? throw new CrossEncoderException("--teacher needs the texts; expected --pairs, or --run."));
        foreach (var note in merged.Notes)
            Console.Error.WriteLine(note);
        Console.WriteLine($"{merged.Scores.Count} scores in {Path.GetFullPath(path)}");
    }
}
