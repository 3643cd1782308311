using System.CommandLine;
using CrossEncoders;
using CrossEncoders.Display;
using CrossEncoders.Postgres;
using CrossEncoders.Scoring;

namespace ScoreTool;

/// <summary>The verbs for workers that come and go, with a queue in PostgreSQL.</summary>
internal static class QueueCommands
{
    private static readonly Option<string> Database = new("--database")
    {
        Description = "How PostgreSQL is reached: \"Host=db;Database=scores\". A password may stand in PGPASSWORD or a passfile.",
        Required = true,
    };

    private static readonly Option<string> Queue = new("--queue")
    {
        Description = "The name of the scoring, small letters, digits and '_'.",
        DefaultValueFactory = _ => "scores",
    };

    public static Command Work()
    {
        var (input, scorer) = (new InputOptions(), new ScorerOptions());
        var block = ScorerOptions.Number("--block", ScoringJob.DefaultBlockPairs, "Pairs of a block. The same for all workers.");
        var lease = new Option<double>("--lease")
        {
            Description = "Seconds after which a silent worker's block goes to another.",
            HelpName = "N",
            DefaultValueFactory = _ => 120,
        };
        var work = new Command("work", "Scores blocks from a queue until none is left; any number of workers may come and go.")
        {
            Database,
            Queue,
            block,
            lease,
        };
        scorer.AddTo(work);
        input.AddTo(work);
        work.SetAction(
            (parsed, cancellation) =>
            {
                using var queue = Open(parsed, TimeSpan.FromSeconds(parsed.GetValue(lease)));
                var pairs = input.Read(parsed) ?? throw new CrossEncoderException("There is nothing to score; expected --pairs, or --run.");
                var notes = 0;
                using var loaded = LoadedScorer.Of(scorer.Read(parsed), note => _ = notes++ < 5 ? Commands.Told(note) : null);
                var job = new ScoringJob(loaded.Scorer, loaded.Identity, pairs, ".", parsed.GetValue(block));
                Console.WriteLine($"{queue.Work(job, new LineProgress(), cancellation)} blocks scored by this worker; none is left.");
                return Task.FromResult(0);
            }
        );
        return work;
    }

    public static Command Collect()
    {
        var (input, output) = (new InputOptions(), new OutputOptions());
        var collect = new Command("collect", "Puts the scores of a queue whose blocks are all scored into one file.") { Database, Queue };
        output.AddTo(collect);
        input.AddTo(collect);
        collect.SetAction(parsed =>
        {
            using var queue = Open(parsed, TimeSpan.FromMinutes(2));
            output.Save(parsed, queue.Collect, input);
        });
        return collect;
    }

    private static PostgresScoring Open(ParseResult parsed, TimeSpan lease) =>
        new(parsed.GetRequiredValue(Database), new() { Name = parsed.GetRequiredValue(Queue), Lease = lease });
}
