using CrossEncoders.Chunking;
using CrossEncoders.LanguageModels;

namespace CrossEncoders.Questions;

/// <summary>The questions of answers that pass the filters, in the order of the chunks, and what became of the others.</summary>
internal sealed class QuestionSelection(QuestionGenerator generator, QaDatasetOptions options)
{
    private readonly QuestionFilter _filter = new();

    /// <summary>The questions kept.</summary>
    public List<GeneratedQuestion> Questions { get; } = [];

    /// <summary>Chunks of which none was kept.</summary>
    public List<FailedChunk> Failed { get; } = [];

    /// <summary>How many each filter dropped.</summary>
    public Dictionary<string, int> Dropped { get; } = QuestionFilter.Reasons.ToDictionary(reason => reason, _ => 0);

    /// <summary>Adds the questions of an answer about a chunk.</summary>
    public void Add(Chunk chunk, RecordedAnswer answer)
    {
        var kept = 0;
        var reasons = new List<string>();
        var asked = chunk with { Language = generator.LanguageFor(chunk) };
        foreach (var question in generator.Parse(chunk, answer))
        {
            var reason = kept < options.QuestionsPerChunk ? _filter.Reason(question, asked) : QuestionFilter.MoreThanAsked;
            if (reason is null)
            {
                Questions.Add(question);
                kept++;
                continue;
            }
            Dropped[reason]++;
            reasons.Add(reason);
        }
        if (kept == 0)
            Failed.Add(new FailedChunk(chunk.Id, $"its questions were all dropped: {Counted(reasons)}"));
    }

    private static string Counted(List<string> reasons) =>
        string.Join(
            ", ",
            reasons.CountBy(reason => reason).Select(count => $"{count.Key} {count.Value}").DefaultIfEmpty("there were none")
        );
}
