using CrossEncoders.Evaluation;
using CrossEncoders.Files;
using CrossEncoders.LanguageModels;

namespace CrossEncoders.Tests.Foundation.Files;

/// <summary>A file that is missing or that another program holds is named, whoever reads it.</summary>
public sealed class ReadableFileTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public static TheoryData<string> Names => ["f.tsv", "f.trec", "f.txt", "f.jsonl"];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void EveryReaderNamesIt(string name)
    {
        Action[] readers =
        [
            () => TestSetFiles.Passages(_scratch[name]).Count(),
            () => TestSet.FromFiles(_scratch["good.tsv"], _scratch["good.tsv"], _scratch[name]),
            () => TrecRun.Lines(_scratch[name]).Count(),
            () => JsonLines.Read<RecordedAnswer>(_scratch[name], "an answer"),
            () => RecordedAnswers.Open(_scratch[name]),
            () => BatchResult.In(_scratch[name]).Count(),
        ];
        File.WriteAllText(_scratch["good.tsv"], "1\ta text\n");
        foreach (var read in readers)
            Assert.Contains($"There is no file '{_scratch[name]}'. Expected", Assert.Throws<CrossEncoderException>(read).Message);
        using var held = new FileStream(_scratch[name], FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        foreach (var read in readers)
            Assert.Contains($"'{_scratch[name]}' cannot be opened", Assert.Throws<CrossEncoderException>(read).Message);
    }
}
