using System.CommandLine;
using CrossEncoders;
using CrossEncoders.Display;
using CrossEncoders.Scoring;

namespace ScoreTool;

/// <summary>The verbs of the command line with their options.</summary>
internal static class Commands
{
    public static RootCommand Root() =>
        new("Scores very many pairs with a cross-encoder: in parts that know nothing of each other, or by workers that come and go.")
        {
            Score(),
            Merge(),
            QueueCommands.Work(),
            QueueCommands.Collect(),
        };

    private static Command Score()
    {
        var (input, scorer) = (new InputOptions(), new ScorerOptions());
        var parts = new Option<string>("--parts") { Description = "The folder that the part is written to.", Required = true }.NotEmpty();
        var shard = new Option<string>("--shard")
        {
            Description = "Which part, i/n with i from 1 to n.",
            HelpName = "i/n",
            DefaultValueFactory = _ => "1/1",
        };
        var block = ScorerOptions.Number(
            "--block",
            ScoringJob.DefaultBlockPairs,
            "Pairs of a block: what a kill costs at most. The same for all parts."
        );
        var plan = new Option<bool>("--plan") { Description = "Says how long the part will take, and writes nothing." };
        var score = new Command("score", "Scores one part; killed and started again, it goes on where it was.")
        {
            parts,
            shard,
            plan,
            block,
        };
        scorer.AddTo(score);
        input.AddTo(score);
        score.SetAction(
            (parsed, cancellation) =>
            {
                var own = Shard.Parse(parsed.GetRequiredValue(shard));
                var pairs = input.Read(parsed) ?? throw new CrossEncoderException("There is nothing to score; expected --pairs, or --run.");
                Run(
                    scorer.Read(parsed),
                    pairs,
                    parsed.GetRequiredValue(parts),
                    own,
                    parsed.GetValue(block),
                    parsed.GetValue(plan),
                    cancellation
                );
                return Task.FromResult(0);
            }
        );
        return score;
    }

    private static void Run(
        ScorerChoice choice,
        ScoringInput pairs,
        string parts,
        Shard shard,
        int block,
        bool isPlan,
        CancellationToken cancellation
    )
    {
        var notes = 0;
        // Each block would say that pairs were truncated.
        using var loaded = LoadedScorer.Of(choice, note => _ = notes++ < 5 ? Told(note) : null);
        var job = new ScoringJob(loaded.Scorer, loaded.Identity, pairs, parts, block);
        Console.WriteLine(job.Plan(shard, cancellation));
        if (!isPlan)
            Console.WriteLine(job.Score(shard, new LineProgress(), cancellation));
    }

    /// <summary>The option, for which an empty text, mostly of a variable that is not set, is refused.</summary>
    public static Option<T> NotEmpty<T>(this Option<T> option)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value)))
                result.AddError($"{option.Name} is empty; expected a path.");
        });
        return option;
    }

    /// <summary>Tells a note.</summary>
    public static string Told(string note)
    {
        Console.Error.WriteLine(note);
        return note;
    }

    private static Command Merge()
    {
        var (input, output) = (new InputOptions(), new OutputOptions());
        var parts = new Option<string[]>("--parts")
        {
            Description = "The folder of the parts, or their files.",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        }.NotEmpty();
        var merge = new Command("merge", "Checks that all parts are there and belong together, and puts them into one file.") { parts };
        output.AddTo(merge);
        input.AddTo(merge);
        merge.SetAction(parsed =>
        {
            var named = parsed.GetRequiredValue(parts);
            output.Save(parsed, () => MergedScores.Of(named), input, named);
        });
        return merge;
    }
}
