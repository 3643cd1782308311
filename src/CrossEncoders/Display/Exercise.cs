namespace CrossEncoders.Display;

/// <summary>Checks of exercises in notebooks: what is not solved yet is a hint, never an error that stops a run.</summary>
/// <example><code>Exercise.Check((() => threshold > 0.5, "Try a higher threshold."))</code></example>
public static class Exercise
{
    /// <summary>Looks at conditions one after the other.</summary>
    /// <param name="steps">Conditions, each with the hint that shows where it does not hold or fails.</param>
    public static ExerciseResult Check(params (Func<bool> Holds, string Hint)[] steps)
    {
        foreach (var (holds, hint) in steps)
        {
            try
            {
                if (!holds())
                    return new(Solved: false, hint);
            }
            catch (Exception error)
            {
                return new(Solved: false, $"{hint} ({error.Message})");
            }
        }

        return new(Solved: steps.Length > 0, "");
    }
}

/// <summary>Whether an exercise is solved.</summary>
[TypeFormatterSource(typeof(HtmlViewFormatters), PreferredMimeTypes = [MimeTypes.Html, MimeTypes.Text])]
public sealed record ExerciseResult : IHtmlView
{
    internal ExerciseResult(bool Solved, string hint) => (this.Solved, Hint) = (Solved, hint);

    /// <summary>Whether every condition holds.</summary>
    public bool Solved { get; }

    /// <summary>What to do next; empty where it is solved.</summary>
    public string Hint { get; }

    /// <summary>The verdict as a fragment of HTML.</summary>
    public string ToHtml() =>
        $"<p style=\"border-left:.3em solid {(Solved ? "#009E73" : "#E69F00")};padding:.2em .7em;margin:.4em 0\">"
        + $"{Html.Encode(ToString())}</p>";

    /// <summary>The verdict in words.</summary>
    public override string ToString() => Solved ? "✔ Solved." : $"Not yet: {Hint}";
}
