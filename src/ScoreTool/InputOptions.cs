using System.CommandLine;
using CrossEncoders;
using CrossEncoders.Scoring;

namespace ScoreTool;

/// <summary>The options that name what is scored.</summary>
internal sealed class InputOptions
{
    private readonly Option<string?> _pairs = Place(
        "--pairs",
        "A table of pairs: .jsonl, .parquet, .csv or .tsv with query and passage, or in another form of training examples."
    );

    private readonly Option<string?> _run = Place("--run", "In place of a table: a run of TREC (question Q0 passage rank score tag).");

    private readonly Option<string?> _passages = Place(
        "--passages",
        "The texts of a run's passages: a file with id and text, or a folder in BEIR's layout."
    );

    private readonly Option<string?> _queries = Place(
        "--queries",
        "The texts of a run's questions, likewise; where it is missing, those of the folder of the passages."
    );

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_pairs, _run, _passages, _queries])
            command.Add(option);
    }

    /// <summary>What is to be scored; null where nothing is named.</summary>
    /// <exception cref="CrossEncoderException">The options do not fit together, or a file is missing or broken.</exception>
    public ScoringInput? Read(ParseResult parsed)
    {
        var (pairs, run, passages) = (parsed.GetValue(_pairs), parsed.GetValue(_run), parsed.GetValue(_passages));
        var queries = parsed.GetValue(_queries) ?? passages;
        if (run is null)
            return passages is not null || queries is not null
                    ? throw new CrossEncoderException("--passages and --queries are those of a run; expected --run with them.")
                : pairs is null ? null
                : ScoringInput.FromTable(pairs);
        if (pairs is not null)
            throw new CrossEncoderException("Both --pairs and --run are named; expected one of them.");
        return passages is null || queries is null
            ? throw new CrossEncoderException("A run names passages and questions by their ids; expected --passages, and --queries.")
            : ScoringInput.FromRun(run, passages, queries);
    }

    /// <summary>The paths that are named.</summary>
    public IEnumerable<string> Named(ParseResult parsed) =>
        ((Option<string?>[])[_pairs, _run, _passages, _queries]).Select(parsed.GetValue).OfType<string>();

    private static Option<string?> Place(string name, string description) =>
        new Option<string?>(name) { Description = description, HelpName = "path" }.NotEmpty();
}
