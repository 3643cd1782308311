using System.Text.RegularExpressions;
using CrossEncoders.Documents;
using CrossEncoders.Examples;
using CrossEncoders.Files;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Evaluation;

/// <summary>Reads the passages and questions of a test collection in the forms that the field uses.</summary>
internal static partial class TestSetFiles
{
    // As ExampleNames.Key has them, which knows "_id" as "id". A passage of MS MARCO v2 has a pid and the docid of its document.
    private static readonly string[] Ids = ["id", "pid", "docid", "qid", "queryid", "corpusid"];
    private static readonly string[] Texts = ["text", "contents", "content", "passage", "query", "question", "body"];
    private static readonly string[] Extensions = [".jsonl", ".parquet", ".tsv"];

    /// <summary>The files of a part of a collection: NAME.jsonl and the like, or those in the folder NAME.</summary>
    /// <param name="folder">The collection's folder.</param>
    /// <param name="part">corpus or queries.</param>
    public static IReadOnlyList<string> Find(string folder, string part) =>
        Alone(folder, part) is { } alone ? [alone]
        : Inside(folder, part) is { Length: > 0 } files ? files
        : throw new CrossEncoderException(
            $"'{folder}' has no {part}: expected {part}.jsonl, or {Path.Combine(folder, part, "….tsv")} or .parquet."
        );

    /// <summary>The files of the judgments of a split: the one of its name, else those whose names begin with it.</summary>
    public static IReadOnlyList<string> Qrels(string folder, string split)
    {
        var files = Inside(folder, "qrels");
        var ofSplit = files.Where(file => Path.GetFileName(file).StartsWith(split, StringComparison.Ordinal)).ToArray();
        if (ofSplit.Length > 0)
            return Array.Find(ofSplit, file => Path.GetFileNameWithoutExtension(file) == split) is { } exact ? [exact] : ofSplit;
        var alone = Alone(folder, "qrels");
        if (alone is not null && split == "test")
            return [alone];
        string[] found = [.. files.Append(alone).OfType<string>().Select(file => Path.GetRelativePath(folder, file))];
        throw new CrossEncoderException(
            $"'{folder}' has no qrels of the split '{split}': expected {Path.Combine("qrels", split)}.tsv or .parquet, or for 'test' "
                + $"qrels.jsonl, but found {(found.Length == 0 ? "none" : string.Join(", ", found))}. Name the split."
        );
    }

    private static string? Alone(string folder, string part) =>
        Extensions.Select(extension => Path.Combine(folder, part + extension)).FirstOrDefault(File.Exists);

    private static string[] Inside(string folder, string part)
    {
        var inside = Path.Combine(folder, part);
        return Directory.Exists(inside)
            ?
            [
                .. Directory
                    .EnumerateFiles(inside)
                    .Where(file => Extensions.Contains(Path.GetExtension(file).ToLowerInvariant()))
                    .Order(StringComparer.Ordinal),
            ]
            : [];
    }

    /// <summary>A file itself, or the files of a part of a collection in a folder.</summary>
    /// <inheritdoc cref="Find"/>
    public static IReadOnlyList<string> FilesOf(string path, string part) => Directory.Exists(path) ? Find(path, part) : [path];

    /// <summary>The passages of a file.</summary>
    public static IEnumerable<Passage> Passages(string path) =>
        Entries(path).Select(entry => new Passage(entry.Id, PassageText.Joined(entry.Title, entry.Text)));

    /// <summary>The questions of a file.</summary>
    public static IEnumerable<(string Id, string Text)> Queries(string path) =>
        Entries(path).Select(entry => (entry.Id, entry.Title is null ? entry.Text : PassageText.Joined(entry.Title, entry.Text)));

    private static IEnumerable<(string Id, string? Title, string Text)> Entries(string path) =>
        Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".jsonl" or ".json" or ".parquet" => TableRows.Read(path).Select(row => Entry(path, row)),
            _ when IsTopics(ReadableFile.At(path, "Expected passages or questions with their ids.")) => Topics(path),
            _ => Columns(path),
        };

    private static bool IsTopics(string path) =>
        File.ReadLines(path).Take(20).Any(line => line.TrimStart().StartsWith("<top>", StringComparison.OrdinalIgnoreCase));

    private static (string Id, string? Title, string Text) Entry(string path, TableRow row)
    {
        var columns = new ColumnIndex([.. row.Values.Keys]);
        if (columns.Find(Ids) is not { } id || columns.Find(Texts) is not { } text || row.Values[text] is not string words)
            throw new CrossEncoderException(
                $"Line {row.Number} of '{path}' has no id with a text; expected one of {string.Join(", ", Ids.Take(3))} and one of "
                    + $"{string.Join(", ", Texts.Take(2))}, but found {string.Join(", ", row.Values.Keys)}."
            );
        return (
            Judgments.Id(row.Values[id], path, row.Number),
            columns.Find("title") is { } title ? row.Values[title] as string : null,
            words
        );
    }

    /// <summary>MS MARCO's lines: id, text, or id, title, text, or id, address, title, text; without a line of names.</summary>
    private static IEnumerable<(string Id, string? Title, string Text)> Columns(string path)
    {
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            var cells = line.Split('\t');
            if (cells.Length is < 2 or > 4)
                throw new CrossEncoderException(
                    $"Line {number} of '{path}' has {cells.Length} columns; expected an id and a text, parted by a tab."
                );
            if (number > 1 || !Ids.Contains(ExampleNames.Key(cells[0])))
                yield return (Judgments.Id(cells[0].Trim(), path, number), cells.Length > 2 ? cells[^2] : null, cells[^1]);
        }
    }

    /// <summary>TREC's topics: number and title of each.</summary>
    private static IEnumerable<(string Id, string? Title, string Text)> Topics(string path)
    {
        foreach (var topic in Top().Split(File.ReadAllText(path)).Skip(1))
        {
            var (number, title) = (
                Number().Match(topic).Groups[1].Value,
                Blanks().Replace(Title().Match(topic).Groups[1].Value, " ").Trim()
            );
            yield return number.Length > 0 && title.Length > 0
                ? (number, null, title)
                : throw new CrossEncoderException(
                    $"A topic of '{path}' has the number '{number}' and the title '{title}'; expected <num> and <title> with a text "
                        + $"each, but found '{Excerpt.Of(topic.Trim(), 80)}'."
                );
        }
    }

    [GeneratedRegex("<top>", RegexOptions.IgnoreCase)]
    private static partial Regex Top();

    [GeneratedRegex(@"<num>\s*(?:Number:)?\s*([^\s<]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Number();

    [GeneratedRegex(@"<title>\s*(?:Topic:)?([^<]*)", RegexOptions.IgnoreCase)]
    private static partial Regex Title();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
