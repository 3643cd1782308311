using CrossEncoders.Chunking;
using CrossEncoders.LanguageModels;
using CrossEncoders.Questions;
using CrossEncoders.Tokenization;

namespace CrossEncoders.Benchmarks;

/// <summary>Documents → chunks → questions of the environment's language model, as a process of its own: one that can be killed.</summary>
internal static class QuestionsOfFolder
{
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var given = new Options(arguments);
        using var model = LanguageModel.FromEnvironment()
            ?? throw new CrossEncoderException("No language model: set OPENAI_BASE_URL, OPENAI_API_KEY and OPENAI_MODEL.");
        var options = new QaDatasetOptions { Journal = given.Text("journal"), MaxConcurrency = given.Number("concurrency", 4) };
        var tokenizer = TextTokenizer.Load(given.Text("encoder", "data/models/multilingual-e5-small-enzh"));
        var documents = CrossEncoders.Documents.Documents.Load(given.Text("documents"));
        var chunks = documents.Chunk(tokenizer);
        Console.WriteLine(QuestionPlan.Of(chunks, model, options));
        var dataset = await QaDataset.CreateAsync(documents, chunks, model, options);
        dataset.SaveQuestions(given.Text("output"));
        Console.WriteLine($"{dataset.Questions.Count} questions, {dataset.Failed.Count} chunks without; {dataset.Usage}");
        return 0;
    }
}
