using CrossEncoders.Chunking;
using CrossEncoders.LanguageModels;

namespace CrossEncoders.Questions;

/// <summary>
/// Questions by OpenAI's batches, at half the price and within a day: requests are written to files, which the user uploads, and the
/// results that come back go to the same journal that a run writes. What a batch left without an answer is written into another, or asked
/// by a run.
/// </summary>
/// <example><code>
/// var options = new QaDatasetOptions { Journal = "journal.jsonl" };
/// QuestionBatches.Write(chunks, "gpt-5-mini", "batch-1", options); // upload with purpose "batch", endpoint /v1/chat/completions
/// Console.WriteLine(QuestionBatches.Read(chunks, ["batch-1/output.jsonl", "batch-1/errors.jsonl"], options));
/// var dataset = await QaDataset.CreateAsync(documents, chunks, LanguageModel.FromEnvironment()!, options); // asks for the rest
/// </code></example>
public static class QuestionBatches
{
    /// <summary>Writes a request for each passage that the journal has no answer about.</summary>
    /// <param name="chunks">The chunks.</param>
    /// <param name="model">The model's name, as its endpoint has it.</param>
    /// <param name="folder">The folder for <c>requests-00001.jsonl</c> and so on; each has at most 50,000 requests and 200 MB.</param>
    /// <param name="options">As the run will have them, with a journal.</param>
    /// <returns>The files; none where nothing is left to ask.</returns>
    /// <exception cref="CrossEncoderException">
    /// An option is out of range, there is no journal or its file is none, or the folder has requests already or cannot be written.
    /// </exception>
    public static IReadOnlyList<string> Write(IReadOnlyList<Chunk> chunks, string model, string folder, QaDatasetOptions options)
    {
        using var client = new BatchClient(model);
        var generator = new QuestionGenerator(client.Client, options);
        var journal = AnswerJournal.Read(JournalOf(options));
        return BatchFiles.Write(folder, client, Calls(chunks, generator, chunk => !generator.IsAnswered(chunk, journal)));
    }

    /// <summary>Takes the answers of results into the journal. May be called again, with some files or all.</summary>
    /// <param name="chunks">The chunks.</param>
    /// <param name="files">The files of results and of errors, in any order.</param>
    /// <param name="options">As they were when the requests were written: answers to other instructions are none.</param>
    /// <exception cref="CrossEncoderException">
    /// An option is out of range, there is no journal or it is being written, or a file is missing or holds no results.
    /// </exception>
    public static BatchAnswers Read(IReadOnlyList<Chunk> chunks, IEnumerable<string> files, QaDatasetOptions options)
    {
        using var client = new BatchClient("the model");
        var generator = new QuestionGenerator(client.Client, options);
        using var journal = AnswerJournal.Open(JournalOf(options));
        return BatchFiles.Read(files, client, Calls(chunks, generator, _ => true), generator.Objection, journal);
    }

    private static IEnumerable<BatchCall> Calls(IReadOnlyList<Chunk> chunks, QuestionGenerator generator, Func<Chunk, bool> isWanted) =>
        chunks
            .DistinctBy(chunk => chunk.Hash)
            .Where(isWanted)
            .Select(chunk => new BatchCall(generator.Call(chunk), generator.Messages(chunk)));

    private static string JournalOf(QaDatasetOptions options) =>
        options.Journal ?? throw new CrossEncoderException("A batch needs the option Journal, which its answers go to; found none.");
}
