using CrossEncoders.Files;
using CrossEncoders.Training;

namespace CrossEncoders.Tests.Training;

public class TrainingLogTests
{
    [Fact]
    public void AFullDiskSaysWhatToDo()
    {
        using var log = new TrainingLog(new AppendLog(new FullDisk()), "runs/training.jsonl", new LogEntries());
        var said = Assert.Throws<CrossEncoderException>(() => log.Add(new TrainingStep(0, 0, 1, 1, 1, 1))).Message;
        Assert.Contains("runs/training.jsonl", said);
        Assert.Contains("No space left", said);
        Assert.Contains("Resume", said);
    }

    private sealed class FullDisk : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("No space left on device");
    }
}
