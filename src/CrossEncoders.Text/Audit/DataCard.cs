using CrossEncoders.Chunking;
using CrossEncoders.Examples;
using CrossEncoders.Files;
using CrossEncoders.Questions;
using CrossEncoders.Texts;

namespace CrossEncoders.Audit;

/// <summary>What a data card says beyond what the data set itself tells.</summary>
public sealed record DataCardOptions
{
    /// <summary>The card's title.</summary>
    public string Name { get; init; } = "Questions and passages";

    /// <summary>Models by their role, for example "judge"; those that wrote the questions are known.</summary>
    public IReadOnlyDictionary<string, string> Models { get; init; } = new Dictionary<string, string>();

    /// <summary>The instructions the models had, by a name such as "questions, English".</summary>
    public IReadOnlyDictionary<string, string> Prompts { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Options whose properties are listed as parameters, for example a <see cref="ChunkingOptions"/> and a <see cref="HardNegatives"/>.
    /// </summary>
    public IReadOnlyList<object> Settings { get; init; } = [];

    /// <summary>The seed of split and examples; null where there was none.</summary>
    public int? Seed { get; init; }

    /// <summary>The quality of the questions; null leaves it out.</summary>
    public QualitySheet? Quality { get; init; }

    /// <summary>What the leak audit found; null leaves it out.</summary>
    public LeakCertificate? Certificate { get; init; }

    /// <summary>How many examples of each part are shown, drawn with the seed (default 4).</summary>
    public int Examples { get; init; } = 4;
}

/// <summary>A document the data came from.</summary>
/// <param name="Document">Its id.</param>
/// <param name="Language">"en" or "zh".</param>
/// <param name="Characters">The length of its text.</param>
/// <param name="Chunks">Its chunks.</param>
/// <param name="Questions">The questions about them.</param>
/// <param name="Hash">16 hexadecimal digits of the SHA-256 of its text.</param>
internal sealed record CardSource(string Document, string Language, int Characters, int Chunks, int Questions, string Hash);

/// <summary>A named entry of a card.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Value">What it is.</param>
internal sealed record CardEntry(string Name, string Value);

/// <summary>A number of things.</summary>
/// <param name="Name">What was counted.</param>
/// <param name="Count">How many.</param>
public sealed record CardCount(string Name, int Count);

/// <summary>A bar of a histogram; of labels, the one up to 1 includes the 1.</summary>
/// <param name="Of">What is counted.</param>
/// <param name="From">From this value on.</param>
/// <param name="To">Up to this value, which is not included.</param>
/// <param name="Count">How many.</param>
internal sealed record CardBar(string Of, double From, double To, int Count);

/// <summary>
/// What is in a data set and how it was made, after Gebru et al. 2021, "Datasheets for Datasets": tables for a <c>DataFrame</c>, and a
/// page of Markdown. It holds no date and no path: the same data gives the same card.
/// </summary>
public sealed class DataCard
{
    private readonly DataCardOptions _options;
    private readonly IReadOnlyList<KeyValuePair<string, IReadOnlyList<InputExample>>> _examples;

    private DataCard(QaDataset dataset, IEnumerable<KeyValuePair<string, IReadOnlyList<InputExample>>> examples, DataCardOptions options)
    {
        _options = options;
        _examples = [.. examples];
        var questions = dataset.Questions.CountBy(question => question.ChunkId).ToDictionary();
        var chunks = dataset.Chunks.ToLookup(chunk => chunk.DocumentId);
        Sources =
        [
            .. dataset.Documents.Select(document => new CardSource(
                document.Id,
                document.Language,
                document.Text.Length,
                chunks[document.Id].Count(),
                chunks[document.Id].Sum(chunk => questions.GetValueOrDefault(chunk.Id)),
                Chunk.HashOf(document.Text)
            )),
        ];
        Models =
        [
            .. dataset.Models.Select(model => new CardEntry("questions", $"{model.Key} ({model.Value} questions)")),
            .. options.Models.Select(model => new CardEntry(model.Key, model.Value)),
        ];
        Parameters =
        [
            .. options.Seed is { } seed ? [new CardEntry("seed", $"{seed}")] : Array.Empty<CardEntry>(),
            .. options.Settings.SelectMany(CardSettings.Of),
        ];
        var byLanguage = dataset.Chunks.ToDictionary(chunk => chunk.Id, chunk => chunk.Language);
        Counts =
        [
            new("documents", dataset.Documents.Count),
            new("documents skipped as unreadable", dataset.Skipped.Count),
            new("chunks", dataset.Chunks.Count),
            new("chunks without an answer", dataset.Failed.Count),
            new("questions", dataset.Questions.Count),
            .. dataset
                .Questions.CountBy(question => byLanguage[question.ChunkId])
                .OrderBy(count => count.Key, StringComparer.Ordinal)
                .Select(count => new CardCount($"questions about {count.Key} chunks", count.Value)),
            .. dataset
                .Questions.CountBy(question => question.Style)
                .Select(count => new CardCount($"questions in style {count.Key}", count.Value)),
            .. _examples.Select(part => new CardCount($"examples to {part.Key}", part.Value.Count)),
        ];
        Filters = [.. dataset.Filtered.Select(filter => new CardCount(filter.Key, filter.Value))];
        Labels =
        [
            .. _examples.SelectMany(part => Bars($"labels, {part.Key}", part.Value.Select(example => (double)example.Label), 0.1, last: 9)),
        ];
        Lengths =
        [
            .. Bars("tokens of a passage", dataset.Chunks.Select(chunk => (double)chunk.Tokens), 32),
            .. Bars("words (Chinese: characters) of a question", dataset.Questions.Select(question => (double)Length(question.Text)), 5),
        ];
    }

    /// <summary>The documents.</summary>
    internal IReadOnlyList<CardSource> Sources { get; }

    /// <summary>The models, by what they did.</summary>
    internal IReadOnlyList<CardEntry> Models { get; }

    /// <summary>The seed and the settings.</summary>
    internal IReadOnlyList<CardEntry> Parameters { get; }

    /// <summary>How much there is of what.</summary>
    public IReadOnlyList<CardCount> Counts { get; }

    /// <summary>How many questions each filter dropped.</summary>
    internal IReadOnlyList<CardCount> Filters { get; }

    /// <summary>The labels of each part, in tenths.</summary>
    internal IReadOnlyList<CardBar> Labels { get; }

    /// <summary>The lengths of passages and questions.</summary>
    internal IReadOnlyList<CardBar> Lengths { get; }

    /// <summary>Makes the card of a data set.</summary>
    /// <param name="dataset">The whole data set, before it was split.</param>
    /// <param name="examples">The examples made of it, by part, for example "train" and "validation".</param>
    /// <param name="options">What else to say.</param>
    public static DataCard Of(
        QaDataset dataset,
        Dictionary<string, IReadOnlyList<InputExample>>? examples = null,
        DataCardOptions? options = null
    ) => new(dataset, examples ?? [], options ?? new DataCardOptions());

    /// <summary>Writes the card as Markdown; the file appears whole or not at all.</summary>
    public void Save(string path) => AtomicFile.Write(path, ToMarkdown());

    /// <summary>The card as Markdown. What comes from documents and models is escaped: none of it becomes markup.</summary>
    public string ToMarkdown()
    {
        var page = new MarkdownPage(_options.Name);
        page.Table("Counts", Counts);
        page.Table("Models", Models);
        page.Table("Parameters", Parameters);
        foreach (var (name, prompt) in _options.Prompts)
            page.Block($"Prompt: {name}", prompt);
        page.Table("Dropped by filters", Filters);
        page.Table("Labels", Labels);
        page.Table("Lengths", Lengths);
        if (_options.Quality is { } quality)
        {
            page.Table("Quality of the questions", quality.Groups);
            page.Table("Kinds of questions", quality.Kinds);
        }
        if (_options.Certificate is { } certificate)
        {
            page.Table(
                $"Leak audit: {(certificate.IsClean ? "no leak found" : $"{certificate.Leaks.Count} leak(s) found")}",
                certificate.Parts
            );
            page.Table(null, certificate.Checks);
            page.Table("Leaks", certificate.Leaks);
        }
        foreach (var (part, examples) in _examples)
        {
            var drawn = examples.ToArray();
            new Random(_options.Seed ?? 0).Shuffle(drawn);
            page.Table(
                $"Examples to {part}",
                [
                    .. drawn
                        .Take(_options.Examples)
                        .Select(example => new
                        {
                            example.Label,
                            example.Query,
                            example.Passage,
                        }),
                ]
            );
        }
        page.Table(
            $"Sources: {Sources.Count} documents, content {Chunk.HashOf(string.Join('\n', Sources.Select(source => source.Hash)))}",
            Sources
        );
        return page.ToString();
    }

    private static IEnumerable<CardBar> Bars(string of, IEnumerable<double> values, double width, int last = int.MaxValue) =>
        values
            .CountBy(value =>
            {
                var bar = (int)Math.Floor(value / width + 1e-6);
                return value <= (last + 1.0) * width ? Math.Min(last, bar) : bar;
            })
            .OrderBy(bar => bar.Key)
            .Select(bar => new CardBar(of, Math.Round(bar.Key * width, 6), Math.Round((bar.Key + 1) * width, 6), bar.Value));

    private static int Length(string text)
    {
        var han = text.Count(Han.Is);
        return han > 0 ? han : text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
    }
}
