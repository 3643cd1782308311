using CrossEncoders.Chunking;
using CrossEncoders.Documents;
using CrossEncoders.Files;
using CrossEncoders.LanguageModels;
using CrossEncoders.Retrieval;
using CrossEncoders.Tokenization;
using Microsoft.Extensions.AI;

namespace CrossEncoders.Questions;

/// <summary>Questions about the chunks of documents: what a re-ranker learns from. In the literature, making one is called
/// create_qa_dataset.</summary>
public sealed class QaDataset
{
    internal QaDataset(IReadOnlyList<Document> documents, IReadOnlyList<Chunk> chunks, IReadOnlyList<GeneratedQuestion> questions)
    {
        Documents = documents;
        Chunks = chunks;
        Questions = questions;
    }

    /// <summary>The documents.</summary>
    public IReadOnlyList<Document> Documents { get; }

    /// <summary>Their chunks, in order.</summary>
    public IReadOnlyList<Chunk> Chunks { get; }

    /// <summary>The questions that passed the filters, in the order of the chunks.</summary>
    public IReadOnlyList<GeneratedQuestion> Questions { get; }

    /// <summary>Chunks without an answer, each with the reason.</summary>
    public IReadOnlyList<FailedChunk> Failed { get; init; } = [];

    /// <summary>Files that could not be read.</summary>
    public IReadOnlyList<SkippedFile> Skipped { get; init; } = [];

    /// <summary>How many questions each filter dropped, by its name; all filters are listed.</summary>
    public IReadOnlyDictionary<string, int> Filtered { get; init; } = new Dictionary<string, int>();

    /// <summary>Calls, tokens and cost of the run that made it.</summary>
    public QuestionUsage Usage { get; init; } = QuestionUsage.None;

    /// <summary>How many questions each model wrote, of those kept.</summary>
    public IReadOnlyDictionary<string, int> Models =>
        Questions.GroupBy(question => question.Model).ToDictionary(group => group.Key, group => group.Count());

    /// <summary>The chunks as a retriever takes them: chunk id and <see cref="Chunk.Passage"/>.</summary>
    public IReadOnlyList<Passage> Passages => Chunks.ToPassages();

    /// <summary>Reads a folder, cuts it into chunks and asks a model for questions about each.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="client">
    /// The model; see <see cref="LanguageModel"/>, <see cref="RecordedAnswers"/>, <see cref="ExtractiveQuestions"/>.
    /// </param>
    /// <param name="tokenizer">Counts tokens: the one of the model that will read the passages.</param>
    /// <param name="options">How; the defaults make 256-token chunks and 3 questions for each.</param>
    /// <param name="progress">
    /// Chunks done, activity "questions"; the first report says what will be asked (<see cref="QuestionPlan"/>).
    /// </param>
    /// <param name="cancellation">Stops the run; the journal keeps what was answered.</param>
    /// <exception cref="CrossEncoderException">
    /// The folder is unusable, the model refuses every call, or no chunk got a question.
    /// </exception>
    public static Task<QaDataset> CreateAsync(
        string directory,
        IChatClient client,
        TextTokenizer tokenizer,
        QaDatasetOptions? options = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        options ??= new QaDatasetOptions();
        var documents = CrossEncoders.Documents.Documents.Load(directory, options.Documents);
        return CreateAsync(documents, documents.Chunk(tokenizer, options.Chunking), client, options, progress, cancellation);
    }

    /// <summary>Asks a model for questions about each chunk.</summary>
    /// <inheritdoc cref="CreateAsync(string, IChatClient, TextTokenizer, QaDatasetOptions, IProgress{WorkProgress}, CancellationToken)"/>
    public static async Task<QaDataset> CreateAsync(
        DocumentCollection documents,
        IReadOnlyList<Chunk> chunks,
        IChatClient client,
        QaDatasetOptions? options = null,
        IProgress<WorkProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        options ??= new QaDatasetOptions();
        var generator = new QuestionGenerator(client, options);
        using var journal = options.Journal is null ? null : AnswerJournal.Open(options.Journal);
        var run = new QuestionRun(generator, journal, options, progress);
        await run.AskAsync(chunks, cancellation).ConfigureAwait(false);

        var kept = new QuestionSelection(generator, options);
        foreach (var chunk in chunks)
            if (run.Answers.TryGetValue(chunk.Hash, out var answer))
                kept.Add(chunk, answer);
            else
                kept.Failed.Add(new FailedChunk(chunk.Id, run.Failures[chunk.Hash]));
        if (kept.Questions.Count == 0)
            throw NoQuestion(chunks.Count, kept.Failed);
        return new QaDataset(documents, chunks, kept.Questions)
        {
            Failed = kept.Failed,
            Skipped = documents.Skipped,
            Filtered = kept.Dropped,
            Usage = run.Usage,
        };
    }

    private static CrossEncoderException NoQuestion(int chunks, List<FailedChunk> failed) =>
        new(
            $"No question came out of {chunks} chunks. "
                + (
                    failed.Count == 0
                        ? "There is nothing to ask about."
                        : $"{failed.Count} failed, the first ({failed[0].ChunkId}): {failed[0].Reason}. "
                            + "Look at the model's raw answers in the journal."
                )
        );

    /// <summary>The same data set with some of its questions, and new counts of those that were dropped.</summary>
    internal QaDataset With(IReadOnlyList<GeneratedQuestion> questions, IReadOnlyDictionary<string, int> filtered) =>
        new(Documents, Chunks, questions)
        {
            Failed = Failed,
            Skipped = Skipped,
            Filtered = filtered,
            Usage = Usage,
        };

    /// <summary>Writes the questions as JSON Lines.</summary>
    public void SaveQuestions(string path) => JsonLines.Write(path, Questions);
}
