using System.Globalization;
using CrossEncoders.Chunking;
using CrossEncoders.Documents;
using CrossEncoders.Examples;
using CrossEncoders.LanguageModels;
using CrossEncoders.Questions;
using CrossEncoders.Retrieval;
using CrossEncoders.Tokenization;

namespace CrossEncoders.Benchmarks;

/// <summary>
/// A tiny real language model in this process writes questions about XQuAD's English passages; counts what parsing, the filters and
/// round-trip consistency (BM25 over all passages finds the question's own within the first k) leave of its answers.
/// </summary>
internal static class LocalModelQuestions
{
    /// <summary>A model of 135 million parameters loses the thread in longer instructions.</summary>
    private const string Template = "You write {{questions}} short questions in {{language}} that the text of the user answers.";

    private static readonly QuestionExample[] Examples =
    [
        new(
            "The lighthouse on Gull Rock was built in 1871 by the engineer Ada Finch. "
                + "Its lamp burned whale oil until 1902, when it was changed to electricity.",
            [
                ("natural", "Who built the lighthouse on Gull Rock?"),
                ("natural", "What did the lighthouse lamp burn before electricity came?"),
                ("natural", "In which year did Gull Rock get an electric lamp?"),
            ]
        ),
        new(
            "Rye bread rises more slowly than wheat bread because rye flour has less gluten. "
                + "Bakers add sourdough, which keeps the crumb from turning sticky.",
            [
                ("natural", "Why does rye bread take longer to rise?"),
                ("natural", "What do bakers add to rye dough?"),
                ("natural", "How is a sticky crumb avoided in rye bread?"),
            ]
        ),
    ];

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var given = new Options(arguments);
        var shared = given.Text("shared");
        var file = SquadFile.Load(Path.Combine(shared, "data", "xquad", "xquad.en.json"));
        var documents = new DocumentCollection([.. file.Passages.Select((text, i) => new Document($"{i:000}.txt", "", text, "en"))]);
        var all = documents.Chunk(TextTokenizer.Load(given.Text("encoder", "data/models/multilingual-e5-small-enzh")));
        var count = given.Number("chunks", 20);
        IReadOnlyList<Chunk> chunks = [.. Enumerable.Range(0, count).Select(i => all[i * all.Count / count])];
        var options = new QaDatasetOptions
        {
            QuestionsPerChunk = given.Number("questions", 3),
            Styles = ["natural"],
            Examples = [.. Examples.Take(given.Number("examples", 2))],
            PromptTemplate = given.Text("template", "short") == "short" ? Template : new QaDatasetOptions().PromptTemplate,
            MaxConcurrency = 1,
            MaxOutputTokens = 200,
            MaxAttempts = 3,
            RetryDelay = TimeSpan.Zero,
            RequestTimeout = TimeSpan.FromMinutes(5),
            Journal = given.Text("journal", Path.Combine(Path.GetTempPath(), $"local-model-{Environment.ProcessId}.jsonl")),
            Seed = 2024,
        };
        using var model = LocalModel.Open(
            given.Text("model", Path.Combine(shared, "models", "SmolLM2-135M-Instruct", "SmolLM2-135M-Instruct.Q4_1.gguf"))
        );
        Console.WriteLine(QuestionPlan.Of(chunks, model, options));
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var dataset = await QaDataset.CreateAsync(documents, chunks, model, options);
        watch.Stop();

        var topK = given.Number("top-k", 10);
        var bm25 = new Bm25Retriever(all.ToPassages());
        var found = dataset
            .Questions.Where(question => bm25.Search(question.Text, topK).Any(hit => hit.Passage.Id == question.ChunkId))
            .ToList();
        var answers = File.ReadLines(options.Journal)
            .Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("answer").GetString()!)
            .ToList();
        Print("passages asked about", chunks.Count);
        Print("calls", dataset.Usage.Requests);
        Print("tokens read", dataset.Usage.InputTokens);
        Print("tokens written", dataset.Usage.OutputTokens);
        Print("seconds", (long)watch.Elapsed.TotalSeconds);
        Print("answers kept for parsing", answers.Count);
        Print("lines in them", answers.Sum(answer => answer.Split('\n').Count(line => line.Trim().Length > 0)));
        Print("questions parsed", dataset.Questions.Count + dataset.Filtered.Values.Sum());
        foreach (var (filter, dropped) in dataset.Filtered.Where(filter => filter.Value > 0))
            Print($"dropped: {filter}", dropped);
        Print("questions kept", dataset.Questions.Count);
        Print($"found again by BM25 within {topK} of {all.Count}", found.Count);
        Print("passages without a question", dataset.Failed.Count);
        foreach (var failed in dataset.Failed)
            Console.WriteLine($"  {failed.ChunkId}: {failed.Reason.ReplaceLineEndings(" ")}");
        foreach (var question in dataset.Questions)
            Console.WriteLine($"  {(found.Contains(question) ? "found" : "lost ")} {question.ChunkId} {question.Text}");
        return 0;
    }

    private static void Print(string what, long number) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what, -45} {number, 7:N0}"));
}
