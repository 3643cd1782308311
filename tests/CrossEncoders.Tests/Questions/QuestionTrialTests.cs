using CrossEncoders.Questions;

namespace CrossEncoders.Tests.Questions;

/// <summary>One passage's way from prompt to questions.</summary>
public sealed class QuestionTrialTests
{
    private const string Passage = "The dome stops turning at 18 m/s of wind and is closed by the observer on duty.";

    [Fact]
    public async Task TheModelIsAskedOnceWithThePassageLast()
    {
        using var chat = new ScriptedChat((passage, _, _) => Task.FromResult(ScriptedChat.Answer(passage)));
        var trial = await QuestionTrial.AskAsync(Make.Chunk(Passage), chat, new() { QuestionsPerChunk = 1 });
        Assert.Equal(Passage, Assert.Single(chat.Sent).Messages[^1].Text);
        Assert.Contains("Write exactly 1 questions", trial.Instructions);
        Assert.Equal(chat.Sent.Single().Messages[0].Text, trial.Instructions);
        Assert.Equal((Passage, ScriptedChat.Answer(Passage)), (trial.Passage, trial.Answer));
        Assert.Equal([null, "more than asked for"], trial.Questions.Select(question => question.Dropped));
    }

    [Fact]
    public void EachFilterIsNamed()
    {
        var trial = QuestionTrial.Of(
            Make.Chunk(Passage),
            """
            Sure, here are some:
            1. At which wind speed does the dome stop?
            2. Who closes it according to the passage above?
            3. The dome stops turning at 18 m/s of wind and is closed by the observer on duty.
            4. 风多大时圆顶停止转动？
            5. Why?
            """,
            new() { QuestionsPerChunk = 9 }
        );
        Assert.Equal(
            [null, "refers to the passage", "not a question", "wrong language", "too short"],
            trial.Questions.Select(question => question.Dropped)
        );
    }

    [Fact]
    public void WrongOptionsAreRefused() =>
        Assert.Throws<CrossEncoderException>(() => QuestionTrial.Of(Make.Chunk(Passage), "", new() { QuestionsPerChunk = 0 }));
}
