using System.CommandLine;
using System.CommandLine.Parsing;
using NotebookRunner.Execution;
using NotebookRunner.Kernel;
using NotebookRunner.Notebooks;
using NotebookRunner.Reports;

namespace NotebookRunner;

/// <summary>The verbs of the command line with their options.</summary>
internal static class Commands
{
    public static RootCommand Root() =>
        new("Runs the notebooks without a notebook editor, on the kernel of .NET Interactive.")
        {
            Run(),
            Check(),
            Strip(),
            Compare(),
            KernelVerb(),
        };

    private static Command Run()
    {
        var input = new Argument<string>("notebooks")
        {
            Description = "A folder of C# notebooks (.ipynb), run in the order of their names, or one notebook.",
        };
        input.Validators.Add(NotEmpty("The path of the notebooks"));
        var parameters = new Option<string[]>("--parameter", "-p")
        {
            Description =
                "name=value for a variable of a cell tagged \"parameters\". An existing relative path is relative to where you are.",
            HelpName = "name=value",
            DefaultValueFactory = _ => [],
        };
        var output = Place("--output", "folder", "artifacts/notebooks", "The folder for the executed notebooks.");
        var report = Place("--report", "file", "report/index.html", "The HTML page with all notebooks and their outputs.");
        var limit = Limit();
        var goOn = new Option<bool>("--continue-on-error")
        {
            Description =
                "Runs the cells and notebooks after a failed one, too. What failed is listed at the end, and the exit code is still 1.",
        };
        var changed = new Option<bool>("--changed")
        {
            Description =
                "Runs only what changed: a notebook whose cells, parameters, library, and files that its cells name are as they were when "
                + "it last ran into the same --output is not run again, and its outputs are taken from there.",
        };
        var run = new Command("run", "Executes notebooks, writes them with their outputs and one self-contained report.")
        {
            input,
            parameters,
            output,
            report,
            limit,
            goOn,
            changed,
        };
        run.SetAction(
            (parsed, cancellation) =>
            {
                var here = Environment.CurrentDirectory;
                var values = new Dictionary<string, string>(StringComparer.Ordinal);
                foreach (var (name, value) in parsed.GetRequiredValue(parameters).Select(Parameters.Parse))
                    values[name] = value;
                var options = new RunOptions(
                    Path.GetFullPath(parsed.GetRequiredValue(input), here),
                    values,
                    Path.GetFullPath(parsed.GetRequiredValue(output), here),
                    Path.GetFullPath(parsed.GetRequiredValue(report), here),
                    parsed.GetValue(limit) is { } minutes ? TimeSpan.FromMinutes(minutes) : null,
                    here,
                    parsed.GetValue(goOn),
                    parsed.GetValue(changed)
                );
                return NotebookRun.RunAsync(options, new Progress(Console.Out, Console.Error), cancellation);
            }
        );
        return run;
    }

    private static Command Check()
    {
        var check = new Command(
            "check",
            "Names what should not be shared: outputs, absolute paths, secrets, links that lead nowhere (those on the web are not asked), "
                + "kernels that the runner does not have. Cells are counted from 1, texts included."
        );
        return OverNotebooks(check, inputs => NotebookChecks.Check(inputs, Console.Out, Console.Error));
    }

    private static Command Strip()
    {
        var strip = new Command("strip", "Takes outputs, counts and inserted parameters out of notebooks; skipped cells keep theirs.");
        return OverNotebooks(strip, inputs => NotebookChecks.Strip(inputs, Console.Out));
    }

    private static Command Compare()
    {
        var compare = new Option<string[]>("--compare")
        {
            Description = "Two reports of run: what went in differently, verdicts, and each figure, old → new, better, worse or same.",
            HelpName = "OLD NEW",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
            Arity = new ArgumentArity(2, 2),
        };
        compare.Validators.Add(NotEmpty("A report of --compare"));
        var report = new Command("report", "Compares reports.") { compare };
        report.SetAction(parsed =>
        {
            var facts = parsed.GetRequiredValue(compare).Select(ReportFacts.Read).ToArray();
            foreach (var line in ReportComparison.Lines(facts[0], facts[1]))
                Console.WriteLine(line);
        });
        return report;
    }

    private static Command OverNotebooks(Command command, Func<IEnumerable<string>, int> action)
    {
        var inputs = new Argument<string[]>("notebooks")
        {
            Description = "Folders of notebooks (.ipynb), or notebooks.",
            Arity = ArgumentArity.OneOrMore,
        };
        inputs.Validators.Add(NotEmpty("A path of notebooks"));
        command.Add(inputs);
        command.SetAction(parsed => action(parsed.GetRequiredValue(inputs).Select(Path.GetFullPath)));
        return command;
    }

    private static Command KernelVerb()
    {
        var pipe = new Argument<string>("pipe");
        var kernel = new Command(KernelClient.Verb, "A notebook's kernel process; started by run.") { pipe };
        kernel.Hidden = true;
        kernel.SetAction((parsed, _) => KernelProcess.RunAsync(parsed.GetRequiredValue(pipe)));
        return kernel;
    }

    private static Option<string> Place(string name, string kind, string value, string description)
    {
        var place = new Option<string>(name)
        {
            Description = description,
            HelpName = kind,
            DefaultValueFactory = _ => value,
        };
        place.Validators.Add(NotEmpty(name));
        return place;
    }

    /// <summary>An empty path, mostly of a variable that is not set, would mean the current folder.</summary>
    private static Action<SymbolResult> NotEmpty(string what) =>
        result =>
        {
            if (result.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value)))
                result.AddError($"{what} is empty; expected a path.");
        };

    private static Option<double?> Limit()
    {
        var limit = new Option<double?>("--cell-timeout-minutes")
        {
            Description = "Ends a notebook's kernel when one of its cells takes longer. Without it, cells take the time they need.",
            HelpName = "N",
        };
        limit.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && !RunOptions.IsTimeLimit(token.Value))
                result.AddError(
                    $"--cell-timeout-minutes expects a number of minutes above 0 and up to {RunOptions.MostMinutes} (49 days)."
                );
        });
        return limit;
    }
}
