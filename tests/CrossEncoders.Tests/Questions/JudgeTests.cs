using System.Net;
using CrossEncoders.Examples;
using CrossEncoders.Questions;

namespace CrossEncoders.Tests.Questions;

public sealed class JudgeTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private JudgeOptions Quick => new() { RetryDelay = TimeSpan.FromMilliseconds(1), Journal = _folder["judge.jsonl"] };

    public void Dispose() => _folder.Dispose();

    private static ScriptedChat Chat(Func<string, int, string> answer) => new((message, call, _) => Task.FromResult(answer(message, call)));

    [Theory]
    [InlineData("""{"grade": 2}""", 2)]
    [InlineData("""```json\n{"reason": "3 hints, 1 answer", "grade": "1"}\n```""", 1)]
    [InlineData("Grade: 3", 3)]
    [InlineData("The passage names 2 valves. **Score:** 0", 0)]
    [InlineData("2", 2)]
    [InlineData("2/3", 2)]
    [InlineData("I give it 1 out of 3.", 1)]
    [InlineData("评分：2", 2)]
    [InlineData("等级为3。", 3)]
    [InlineData("<think>grade: 0? no</think>grade: 3", 3)]
    [InlineData("2.0", 2)]
    [InlineData("""{"grade": 7}""", null)]
    [InlineData("grade: 1.5", null)]
    [InlineData("Between 1 and 2.", null)]
    [InlineData("grade 0-3", null)]
    [InlineData("It answers the question.", null)]
    [InlineData("", null)]
    public void AGradeIsFoundOrNot(string answer, int? grade) => Assert.Equal(grade, JudgeParser.Grade(answer.Replace("\\n", "\n"), 3));

    [Theory]
    [InlineData("""{"answerable": "yes"}""", true)]
    [InlineData("""{"answerable": false}""", false)]
    [InlineData("No, it depends on the house rules.", false)]
    [InlineData("**Yes**", true)]
    [InlineData("不能，取决于手册。", false)]
    [InlineData("是", true)]
    [InlineData("""{"答案": "否"}""", false)]
    [InlineData("Nobody knows.", null)]
    [InlineData("Perhaps", null)]
    public void YesAndNoAreToldApart(string answer, bool? verdict) => Assert.Equal(verdict, JudgeParser.YesOrNo(answer));

    [Fact]
    public async Task GradesBecomeLabelsAndNothingIsAskedTwice()
    {
        InputExample[] examples =
        [
            new(["Who?", "the captain"], 1) { Id = "1" },
            new(["Who?", "the kettle"], 0) { Id = "2" },
            new(["谁？", "夜班长"], 1),
            new(["Who?", "the captain"], 1),
        ];
        var chat = Chat((message, _) => message.Contains("kettle") ? "grade: 1" : """{"grade":3}""");
        var graded = await examples.GradedByAsync(new Judge(chat, Quick));
        Assert.Equal([1f, 1 / 3f, 1f, 1f], graded.Examples.Select(example => example.Label));
        Assert.Equal(["1", "2"], graded.Examples.Take(2).Select(example => example.Id));
        Assert.Equal(0, graded.Unjudged);
        Assert.Equal(3, chat.Calls.Count);
        Assert.All(chat.Calls.Values, calls => Assert.Equal(1, calls));

        var silent = Chat((_, _) => throw new InvalidOperationException("asked again"));
        Assert.Equal(
            graded.Examples.Select(example => example.Label),
            (await examples.GradedByAsync(new Judge(silent, Quick))).Examples.Select(example => example.Label)
        );
        Assert.Empty(silent.Calls);
        // Another rubric is another question.
        var strict = Quick with { Rubric = new JudgeRubric("whether it answers", ["no", "yes"]) };
        await Assert.ThrowsAsync<CrossEncoderException>(() => examples.GradedByAsync(new Judge(silent, strict)));
    }

    [Fact]
    public async Task ATornJournalGoesOnWhereItWas()
    {
        var pairs = Enumerable.Range(0, 6).Select(i => new TextPair($"q{i}", "p")).ToList();
        var all = await new Judge(Chat((message, _) => $"grade: {message[11] % 4}"), Quick).GradeAsync(pairs);
        var bytes = await File.ReadAllBytesAsync(Quick.Journal!);
        await File.WriteAllBytesAsync(Quick.Journal!, bytes[..^20]);
        var again = Chat((message, _) => $"grade: {message[11] % 4}");
        Assert.Equal(all, await new Judge(again, Quick).GradeAsync(pairs));
        Assert.Single(again.Calls);
    }

    [Fact]
    public async Task PassingFailuresAreTriedAgainAndLastingOnesStayWithoutAVerdict()
    {
        var chat = Chat(
            (message, call) =>
                (message, call) switch
                {
                    ("one?", 1) => throw new HttpRequestException("busy", null, HttpStatusCode.TooManyRequests),
                    ("two?", 1) => "Well...",
                    ("three?", _) => "I would rather not.",
                    ("four?", _) => throw new HttpRequestException("too long", null, HttpStatusCode.BadRequest),
                    _ => "yes",
                }
        );
        Assert.Equal(
            [true, true, null, null],
            await new Judge(chat, Quick).AnswerableWithoutPassageAsync(["one?", "two?", "three?", "four?"])
        );
        Assert.Equal([2, 2, 3, 1], new[] { "one?", "two?", "three?", "four?" }.Select(message => chat.Calls[message]));
        var none = await Assert.ThrowsAsync<CrossEncoderException>(() => new Judge(chat, Quick).AnswerableWithoutPassageAsync(["three?"]));
        Assert.Contains("I would rather not.", none.Message);
        var locked = Chat((_, _) => throw new HttpRequestException("no key", null, HttpStatusCode.Unauthorized));
        Assert.Contains(
            "no key",
            (await Assert.ThrowsAsync<CrossEncoderException>(() => new Judge(locked, Quick).AnswerableWithoutPassageAsync(["x?"]))).Message
        );
    }

    [Fact]
    public async Task AnswersAmongTheNegativesAreDropped()
    {
        InputExample[] examples =
        [
            new(["q", "answer"], 1),
            new(["q", "also an answer"], 0),
            new(["q", "near"], 0),
            new(["q", "mute"], 0),
            new(["q2", "also an answer"], 1),
        ];
        var chat = Chat(
            (message, _) =>
                message.Contains("also") ? "3"
                : message.Contains("near") ? "1"
                : "?"
        );
        var judged = await examples.WithoutFalseNegativesAsync(new Judge(chat, Quick));
        Assert.Equal(["answer", "near", "mute", "also an answer"], judged.Examples.Select(example => example.Passage));
        Assert.Equal([examples[1]], judged.Dropped);
        Assert.Equal(1, judged.Unjudged);
        Assert.DoesNotContain(chat.Calls.Keys, message => message.Contains("\nanswer"));
    }

    [Fact]
    public async Task AnEndpointThatIsGoneEndsTheJudging()
    {
        var pairs = Enumerable.Range(0, 50).Select(i => new TextPair("q", $"p{i}")).ToList();
        var chat = new ScriptedChat(
            (passage, _, _) =>
                passage.EndsWith("p0") ? Task.FromResult("{\"grade\": 1}") : throw new HttpRequestException("connection refused")
        );
        var judge = new Judge(chat, new JudgeOptions { RetryDelay = TimeSpan.FromMilliseconds(1), MaxConcurrency = 1 });
        var error = await Assert.ThrowsAsync<CrossEncoderException>(() =>
            judge.GradeAsync(pairs, null, TestContext.Current.CancellationToken)
        );
        Assert.Contains("connection refused", error.Message);
        Assert.Equal(11, chat.Calls.Count);
    }
}
