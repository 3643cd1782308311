using CrossEncoders.Audit;
using CrossEncoders.Documents;
using CrossEncoders.Examples;
using CrossEncoders.Questions;

namespace CrossEncoders.Tests.Examples;

/// <summary>What belongs together stays on one side of a split.</summary>
public sealed class ExampleSplitTests
{
    [Fact]
    public void GroupsStayTogetherInASplit()
    {
        InputExample[] examples =
        [
            .. Enumerable.Range(0, 60).Select(i => new InputExample([$"q{i / 3}", $"p{i}"], i % 3 == 0 ? 1 : 0) { Group = $"g{i / 3}" }),
        ];
        var split = examples.SplitByGroup(0.8, 0.1, seed: 5);
        Assert.Equal(60, split.Train.Count + split.Validation.Count + split.Test.Count);
        Assert.All((IReadOnlyList<InputExample>[])[split.Train, split.Validation, split.Test], part =>
            Assert.True(part.Count > 0 && part.Count % 3 == 0)
        );
        Assert.Empty(
            split.Train.Select(example => example.Group).Intersect(split.Validation.Concat(split.Test).Select(example => example.Group))
        );
        Assert.Equal(split.Test, examples.SplitByGroup(0.8, 0.1, seed: 5).Test);
    }

    [Fact]
    public void PassagesThatGroupsShareAreOnOneSide()
    {
        InputExample[] examples =
        [
            .. Enumerable
                .Range(0, 60)
                .Select(i => new InputExample([$"q{i / 3}", i % 3 == 2 ? "a negative that all groups share" : $"p{i}"], i % 3 == 0 ? 1 : 0)
                {
                    Group = $"g{i / 3}",
                }),
        ];
        Assert.Throws<CrossEncoderException>(() => LeakAudit.Of([.. examples.Take(30)], [.. examples.Skip(30)]).Require());
        var split = examples.SplitByGroup(0.6, 0.2, seed: 5);
        LeakAudit.Of(split.Train, split.Validation, split.Test).Require();
        Assert.Equal(8, split.Validation.Count); // 4 groups of 3, without what they share
        Assert.Equal(36, split.Train.Count);
    }

    [Fact]
    public void DocumentsAreSplitBeforeQuestionsAsAfter()
    {
        var (documents, chunks) = Make.Corpus();
        string[] Ids(IEnumerable<Document> part) => [.. part.Select(document => document.Id)];
        var texts = documents
            .Select((document, i) => document with { Text = string.Join(' ', Enumerable.Range(0, 30).Select(word => $"w{i}x{word}")) })
            .ToList();
        var before = ((IReadOnlyList<Document>)texts).SplitByDocument(0.6, 0.2, seed: 3);
        var after = new QaDataset(documents, chunks, []).SplitByDocument(0.6, 0.2, seed: 3);
        Assert.Equal(Ids(after.Train.Documents), Ids(before.Train));
        Assert.Equal(texts.Count, before.Train.Count + before.Validation.Count + before.Test.Count);
        var copies = texts.Concat(texts.Select(document => document with { Id = "copy/" + document.Id })).ToList();
        var split = ((IReadOnlyList<Document>)copies).SplitByDocument(0.5, 0.25, seed: 3);
        Assert.Empty(
            split.Train.Select(document => document.Text).Intersect(split.Validation.Concat(split.Test).Select(document => document.Text))
        );
        Assert.Empty(split.Validation.Select(document => document.Text).Intersect(split.Test.Select(document => document.Text)));
    }
}
