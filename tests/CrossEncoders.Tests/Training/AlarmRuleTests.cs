using CrossEncoders.Training.Alarms;
using CrossEncoders.Training.Losses;
using static CrossEncoders.Tests.Training.AlarmCases;

namespace CrossEncoders.Tests.Training;

/// <summary>Each rule on a training that has what it looks for, and on one that only comes near.</summary>
public class AlarmRuleTests
{
    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, All.Length)];

    [Fact]
    public void EveryRuleIsTested() =>
        Assert.Equal(AlarmRules.All.Select(rule => rule.GetType()), All.Select(entry => entry.Rule.GetType()).Distinct());

    [Theory]
    [MemberData(nameof(Numbers))]
    public void SpeaksWhereItShould(int number)
    {
        var (rule, wrong, _, figure) = All[number];
        var finding = Ask(rule, wrong);
        Assert.NotNull(finding);
        var (english, chinese) = (
            finding.Evidence.In(AlarmLanguage.English) + finding.Remedy.In(AlarmLanguage.English),
            finding.Evidence.In(AlarmLanguage.Chinese) + finding.Remedy.In(AlarmLanguage.Chinese)
        );
        Assert.Contains(figure, english);
        Assert.DoesNotContain(english, c => c > '⺀');
        Assert.Contains(finding.Evidence.In(AlarmLanguage.Chinese), c => c > '⺀');
        Assert.Contains(finding.Remedy.In(AlarmLanguage.Chinese), c => c > '⺀');
        Assert.DoesNotContain('{', chinese);
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void IsSilentWhereItShould(int number)
    {
        var (rule, _, near, _) = All[number];
        Assert.Null(Ask(rule, near));
        Assert.Null(Ask(rule, Healthy()));
    }

    [Fact]
    public void NothingIsSaidOfAModelThatHasOneClassOnly()
    {
        var finding = new ClassesOutOfBalance().BeforeTraining(Healthy() with { Examples = AlarmCases.Examples(300, _ => 1) });
        Assert.Contains("nothing to tell apart", finding!.Evidence.In(AlarmLanguage.English));
        Assert.Null(
            new ClassesOutOfBalance().BeforeTraining(
                Healthy() with
                {
                    Examples = AlarmCases.Examples(700, i => i % 7 == 0 ? 1 : 0),
                    Loss = new BinaryCrossEntropyLoss(6),
                }
            )
        );
        Assert.Null(
            new CollapsedScores().AfterStep(Healthy() with { Recent = [.. Enumerable.Range(0, 256).Select(_ => new ScoredExample(1, 1))] })
        ); // labels do not differ either
    }

    private static Finding? Ask(AlarmRule rule, WatchedTraining training) =>
        rule.BeforeTraining(training) ?? rule.AfterStep(training) ?? rule.AfterEvaluation(training);
}
