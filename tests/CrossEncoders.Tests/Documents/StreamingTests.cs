using CrossEncoders.Chunking;
using CrossEncoders.Tests.Chunking;

namespace CrossEncoders.Tests.Documents;

[Collection(Alone.Name)]
public class StreamingTests
{
    [Fact]
    public void TenThousandChunksStreamThroughInFlatMemory()
    {
        using var folder = new ScratchFolder();
        var sentences = string.Concat(Enumerable.Range(0, 700).Select(i => $"Pump {i} stops above {i % 90} bar, 水泵随后停机。 "));
        for (var i = 0; i < 270; i++)
            File.WriteAllText(Path.Combine(folder.Path, $"{i:000}.md"), $"# Document {i}\n\n{sentences}\n");
        var (count, most) = (0, 0L);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        foreach (var _ in DocumentFolder.Stream(folder.Path).StreamChunks(Counting.Words))
        {
            if (++count % 1000 == 0)
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
        }

        Assert.True(count >= 10_000, $"{count} chunks");
        Assert.InRange(most, long.MinValue, 8 << 20); // the chunks' texts together are several times that
    }
}
