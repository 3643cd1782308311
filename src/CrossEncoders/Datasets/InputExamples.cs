namespace CrossEncoders.Datasets;

/// <summary>Examples in files: JSON Lines with "texts", "label", "id" and "group".</summary>
public static class InputExamples
{
    private sealed record Line(IReadOnlyList<string> Texts, float Label, string? Id = null, string? Group = null);

    /// <summary>Writes examples; the file appears as a whole or not at all.</summary>
    public static void Save(this IEnumerable<InputExample> examples, string path) =>
        JsonLines.Write(path, examples.Select(example => new Line(example.Texts, example.Label, example.Id, example.Group)));

    /// <summary>Reads examples.</summary>
    /// <param name="path">The file.</param>
    /// <param name="anyLabel">Whether labels may be any number, such as a teacher's logits, grades or classes; otherwise they are 0 to 1.</param>
    /// <exception cref="CrossEncoderException">The file is missing, or a line is no example; the message names it.</exception>
    public static IReadOnlyList<InputExample> Load(string path, bool anyLabel = false)
    {
        var examples = new List<InputExample>();
        foreach (var line in JsonLines.Read<Line>(path, "an example {\"texts\":[query, passage],\"label\":1.0}"))
        {
            if (line.Texts.Count != 2 || line.Texts.Any(text => text is null) || !(anyLabel ? float.IsFinite(line.Label) : line.Label is >= 0 and <= 1))
                throw new CrossEncoderException(
                    $"Example {examples.Count + 1} of '{path}' has {line.Texts.Count} texts and label {line.Label}; expected two texts and {(anyLabel ? "a number as label" : "a label of 0 to 1 (anyLabel lifts this)")}.");
            examples.Add(new InputExample(line.Texts, line.Label) { Id = line.Id, Group = line.Group });
        }
        return examples;
    }
}
