using System.Globalization;
using CrossEncoders.Chunking;
using CrossEncoders.LanguageModels;
using Microsoft.Extensions.AI;

namespace CrossEncoders.Questions;

/// <summary>What a run will ask and roughly cost, known before it starts.</summary>
/// <param name="Chunks">The chunks.</param>
/// <param name="InJournal">Passages whose answer the journal has already. Chunks with the same passage are asked about once.</param>
/// <param name="Recorded">Passages that a record answers.</param>
/// <param name="Requests">Passages that the model is asked about: calls, if none fails.</param>
/// <param name="InputTokens">Tokens these calls read, about: instructions, examples and passages.</param>
/// <param name="OutputTokens">Tokens the answers have, about.</param>
/// <param name="Cost">Their price; null without <see cref="QaDatasetOptions.Price"/>.</param>
public sealed record QuestionPlan(int Chunks, int InJournal, int Recorded, int Requests, long InputTokens, long OutputTokens, decimal? Cost)
{
    private string Model { get; init; } = "";

    private QaDatasetOptions Options { get; init; } = new();

    /// <summary>The plan of a run; asks nothing and writes nothing.</summary>
    /// <param name="chunks">The chunks.</param>
    /// <param name="client">The model.</param>
    /// <param name="options">As the run will have them.</param>
    /// <exception cref="CrossEncoderException">An option is out of range, or the journal's file is not a journal.</exception>
    public static QuestionPlan Of(IReadOnlyList<Chunk> chunks, IChatClient client, QaDatasetOptions? options = null)
    {
        options ??= new QaDatasetOptions();
        return Of(
            chunks,
            new QuestionGenerator(client, options),
            options,
            options.Journal is null ? null : AnswerJournal.Read(options.Journal)
        );
    }

    internal static QuestionPlan Of(
        IReadOnlyList<Chunk> chunks,
        QuestionGenerator generator,
        QaDatasetOptions options,
        AnswerJournal? journal
    )
    {
        int inJournal = 0,
            recorded = 0,
            requests = 0;
        var tokens = new TokenCount();
        foreach (var chunk in chunks.DistinctBy(chunk => chunk.Hash))
        {
            if (generator.IsAnswered(chunk, journal))
                inJournal++;
            else if (generator.IsRecorded(chunk))
                recorded++;
            else
            {
                requests++;
                tokens += generator.Estimate(chunk);
            }
        }
        return new QuestionPlan(
            chunks.Count,
            inJournal,
            recorded,
            requests,
            tokens.Input,
            tokens.Output,
            options.Price?.Of(tokens.Input, tokens.Output)
        )
        {
            Model = ModelCalls.NameOf(generator.Client),
            Options = options,
        };
    }

    /// <summary>"280 chunks: 120 in the journal, 160 to ask gpt-x about; about 96,000 tokens read and 17,280 written, 0.02 USD".</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        if (InJournal > 0)
            parts.Add($"{InJournal} in the journal");
        if (Recorded > 0)
            parts.Add($"{Recorded} recorded");
        if (Requests > 0)
            parts.Add($"{Requests} to ask {Model} about");
        var text = $"{Chunks} {(Chunks == 1 ? "chunk" : "chunks")}: {string.Join(", ", parts)}";
        if (InputTokens == 0)
            return text;
        text += string.Create(CultureInfo.InvariantCulture, $"; about {InputTokens:N0} tokens read and {OutputTokens:N0} written");
        if (Cost is { } cost)
            text += string.Create(CultureInfo.InvariantCulture, $", {cost:0.00##} {Options.Price!.Currency}");
        if (Options.TokenBudget < InputTokens + OutputTokens || Options.CostBudget < Cost)
            text += ": more than the budget, which stops the run";
        return text;
    }
}
