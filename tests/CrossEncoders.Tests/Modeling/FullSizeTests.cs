using CrossEncoders.Benchmarks;
using CrossEncoders.Modeling;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>
/// A folder laid out as BAAI/bge-reranker-base is on the hub, at full size (278 M parameters, 1.1 GB), with random weights made here.
/// </summary>
[Collection(Alone.Name)]
public class FullSizeTests
{
    private const long Megabyte = 1 << 20;

    [Fact]
    public void BgeRerankerBaseLoadsPredictsAndSaves()
    {
        var tokenizer = Shared.Path("golden/tokenizers/xlm-roberta-250k");
        using var scratch = new ScratchFolder();
        var roomy =
            GC.GetGCMemoryInfo().TotalAvailableMemoryBytes > 8000 * Megabyte
            && new DriveInfo(scratch.Path).AvailableFreeSpace > 4000 * Megabyte;
        var folder = RandomModel.BgeRerankerBase(tokenizer, Path.Combine(scratch.Path, "bge-reranker-base"), layers: roomy ? 12 : 1);
        var bytes = new FileInfo(Path.Combine(folder, "model.safetensors")).Length;
        if (roomy)
            Assert.InRange(bytes, 1000 * Megabyte, 1200 * Megabyte);

        var before = GC.GetAllocatedBytesForCurrentThread();
        using (SequenceClassifier.Load(folder, device("cpu"), ModelConfig.Load(folder), out _))
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Megabyte);
        var heap = Heap();
        TextPair[] pairs =
        [
            new("what is panda?", "hi"),
            new("what is panda?", "The giant panda is a bear species endemic to China."),
            new("什么是熊猫？", "大熊猫是中国特有的熊科动物。"),
        ];
        var saved = Path.Combine(scratch.Path, "saved");
        float[] scores;
        using (var model = CheckpointParityTests.Load(folder))
        {
            // the tokenizer's 250 000 pieces; what earlier tests left may go meanwhile
            Assert.InRange(Heap() - heap, long.MinValue, 100 * Megabyte);
            Assert.Equal(512, model.MaxLength);
            scores = model.Predict(pairs);
            Assert.All(scores, score => Assert.InRange(score, 0, 1));
            model.SavePretrained(saved);
        }

        Directory.Delete(folder, recursive: true);
        using var again = CheckpointParityTests.Load(saved);
        Assert.Equal(scores, again.Predict(pairs));
    }

    private static long Heap()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
