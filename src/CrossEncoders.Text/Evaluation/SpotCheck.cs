using CrossEncoders.Chunking;
using CrossEncoders.Examples;
using CrossEncoders.Questions;

namespace CrossEncoders.Evaluation;

/// <summary>A pair that a person is to grade.</summary>
/// <param name="Id">Tells it from others, across files.</param>
/// <param name="Question">The question.</param>
/// <param name="Passage">The passage.</param>
/// <param name="Label">The label it has in the data; not shown to the person.</param>
public sealed record SpotPair(string Id, string Question, string Passage, float Label);

/// <summary>A pair with both its grades.</summary>
/// <param name="Person">The person's grade, from 0.</param>
/// <param name="Data">The grade its label stands for.</param>
/// <param name="Question">The question.</param>
/// <param name="Passage">The passage.</param>
public sealed record GradedPair(int Person, int Data, string Question, string Passage);

/// <summary>How far a person agrees with the labels.</summary>
/// <param name="Pairs">The graded pairs; those that differ show what to look at.</param>
/// <param name="Skipped">Pairs the person left out.</param>
/// <param name="Observed">The share with the same grade.</param>
/// <param name="Kappa">Cohen's κ: above 0.6 is usually called substantial, above 0.8 almost perfect (Landis and Koch 1977).</param>
/// <param name="QuadraticKappa">The same with quadratic weights.</param>
public sealed record Agreement(IReadOnlyList<GradedPair> Pairs, int Skipped, double Observed, double Kappa, double QuadraticKappa);

/// <summary>
/// A check of five minutes: a person grades some twenty pairs without seeing their labels, and sees the agreement. Each grade comes as
/// often as the data allows, so that the rare ones are looked at, too; κ is that of this balanced sample.
/// </summary>
public sealed class SpotCheck
{
    private SpotCheck(IReadOnlyList<SpotPair> pairs, int grades) => (Pairs, Grades) = (pairs, grades);

    /// <summary>The pairs, in the order in which they are graded.</summary>
    public IReadOnlyList<SpotPair> Pairs { get; }

    /// <summary>The number of grades: 2 where all labels are 0 or 1, else 4.</summary>
    public int Grades { get; }

    /// <summary>What the person is told.</summary>
    public string Instructions =>
        Grades == 2
            ? "Grade each pair: 1 if the passage answers the question, 0 if not. Leave empty what you cannot tell."
            : "Grade each pair: "
                + string.Join("; ", JudgeRubric.Relevance.Grades.Select((meaning, grade) => $"{grade} if {meaning}"))
                + ". Leave empty what you cannot tell.";

    /// <summary>Draws pairs, each question once as far as possible. The same examples and seed give the same pairs.</summary>
    /// <exception cref="CrossEncoderException">There are no examples, or a label is not within 0 to 1.</exception>
    public static SpotCheck Draw(IReadOnlyList<InputExample> examples, int count = 20, int seed = 2024)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        if (examples.Count == 0 || examples.Any(example => !(example.Label is >= 0 and <= 1)))
            throw new CrossEncoderException(
                $"A spot check needs examples with labels of 0 to 1; found {examples.Count} examples, not all of them so."
            );
        var grades = examples.All(example => example.Label is 0 or 1) ? 2 : JudgeRubric.Relevance.Grades.Count;
        var random = new Random(seed);
        var open = examples.ToArray();
        random.Shuffle(open);
        var byGrade = open.DistinctBy(example => (example.Query, example.Passage))
            .GroupBy(example => GradeOf(example.Label, grades))
            .OrderBy(group => group.Key)
            .Select(group => new LinkedList<InputExample>(group))
            .ToList();
        var (drawn, asked) = (new List<InputExample>(), new HashSet<string>());
        while (drawn.Count < count && byGrade.Exists(list => list.Count > 0))
            foreach (var list in byGrade.Where(list => list.Count > 0 && drawn.Count < count))
            {
                var next = list.FirstOrDefault(example => !asked.Contains(example.Query)) ?? list.First!.Value;
                list.Remove(next);
                asked.Add(next.Query);
                drawn.Add(next);
            }
        var pairs = drawn.ToArray();
        random.Shuffle(pairs); // or the grades would come in turn
        return new SpotCheck(
            [
                .. pairs.Select(example => new SpotPair(
                    $"p-{Chunk.HashOf($"{example.Query}\n{example.Passage}")}",
                    example.Query,
                    example.Passage,
                    example.Label
                )),
            ],
            grades
        );
    }

    /// <summary>
    /// Writes a sheet (CSV) with an empty column "grade" for a person to fill in. A sheet of the same pairs that is there already stays
    /// as it is, with its grades.
    /// </summary>
    /// <exception cref="CrossEncoderException">A sheet of other pairs is there and has grades, or the file cannot be written.</exception>
    public void Save(string path)
    {
        if (File.Exists(path))
        {
            var there = GradeSheet.Read(path);
            if (Pairs.All(pair => there.ContainsKey(pair.Id)))
                return;
            if (there.Values.Any(grade => grade.Length > 0))
                throw new CrossEncoderException(
                    $"'{Path.GetFullPath(path)}' holds grades of other pairs. "
                        + "Choose another file, or delete it if they are no longer needed."
                );
        }
        GradeSheet.Write(path, Pairs);
    }

    /// <summary>Reads a sheet that a person has filled in; null where no grade is in it yet.</summary>
    /// <exception cref="CrossEncoderException">The file is not such a sheet, or has a grade that is not valid.</exception>
    public Agreement? Read(string path)
    {
        var grades = GradeSheet.Read(path);
        if (Pairs.FirstOrDefault(pair => !grades.ContainsKey(pair.Id)) is { } missing)
            throw new CrossEncoderException(
                $"'{path}' has no row for the pair {missing.Id}: it is of another draw. "
                    + "Use the same examples and seed, or save a new sheet."
            );
        return grades.Values.All(string.IsNullOrWhiteSpace)
            ? null
            : Ask(pair =>
                grades[pair.Id].Trim() switch
                {
                    "" => null,
                    var text when int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var grade) => grade,
                    var text => throw new CrossEncoderException(
                        $"The grade of {pair.Id} in '{path}' has to be a whole number of 0 to {Grades - 1} or empty; found '{text}'."
                    ),
                }
            );
    }

    /// <summary>Asks for the grade of each pair; null leaves one out.</summary>
    /// <exception cref="CrossEncoderException">A grade is out of range, or there is none.</exception>
    public Agreement Ask(Func<SpotPair, int?> grade)
    {
        var graded = new List<GradedPair>();
        foreach (var pair in Pairs)
        {
            if (grade(pair) is not { } given)
                continue;
            if (given < 0 || given >= Grades)
                throw new CrossEncoderException(
                    $"The grade of {pair.Id} has to be a whole number of 0 to {Grades - 1} or empty; found {given}."
                );
            graded.Add(new GradedPair(given, GradeOf(pair.Label, Grades), pair.Question, pair.Passage));
        }
        if (graded.Count == 0)
            throw new CrossEncoderException($"None of the {Pairs.Count} pairs has a grade. {Instructions}");
        int[] person = [.. graded.Select(pair => pair.Person)],
            data = [.. graded.Select(pair => pair.Data)];
        return new Agreement(
            graded,
            Pairs.Count - graded.Count,
            AgreementMetrics.Observed(person, data),
            AgreementMetrics.Kappa(person, data),
            AgreementMetrics.QuadraticKappa(person, data)
        );
    }

    private static int GradeOf(float label, int grades) => (int)MathF.Round(label * (grades - 1), MidpointRounding.AwayFromZero);
}
