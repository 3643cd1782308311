using CrossEncoders.Weights;
using TorchSharp;

namespace CrossEncoders.Tests.Weights;

/// <summary>
/// Broken files: each must give an error of the right type, or be read; never a crash, a hang, or memory beyond the file's size.
/// </summary>
public sealed class MutationTests : IDisposable
{
    private const int Mutations = 10_000;
    private const int Structure = 8000; // bytes at the head and the end that most mutations fall on
    private const long MostBytes = 64L << 20; // managed memory of one reading; a table of tensors takes far less

    // Numbers of headers, and commands of pickles.
    private static readonly string[] Pieces = [.. Damage.Json, "e", "E", " ", "(", ")", "t", "Q", "R", "c", "q", "X", "K"];

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Safetensors()
    {
        using var one = torch.ones([3, 4]);
        using var two = torch.ones([5], torch.ScalarType.BFloat16);
        SafetensorsWriter.Write(_folder["a"], [("encoder.weight", one), ("encoder.bias", two), ("again", one)]);
        Mutate(File.ReadAllBytes(_folder["a"]), Mutations, path => new SafetensorsFile(path));
    }

    [Fact]
    public void Zip() => Mutate(Pickle.Zip(StateDict, new float[12]), Mutations, path => new PyTorchFile(path));

    [Fact]
    public void Legacy() => Mutate(Pickle.Legacy(StateDict, new float[12]), Mutations, path => new PyTorchFile(path));

    [Theory]
    [InlineData("bert/model.safetensors")]
    [InlineData("containers/bert.pytorch_model.bin")]
    [InlineData("containers/bert.legacy.pytorch_model.bin")]
    public void Golden(string file) =>
        Mutate(File.ReadAllBytes(Shared.Path($"golden/models/{file}")), 300, path =>
            file.EndsWith("bin", StringComparison.Ordinal) ? new PyTorchFile(path) : new SafetensorsFile(path)
        );

    private static byte[] StateDict =>
        Pickle.StateDict("encoder.weight", Pickle.Tensor("0", "FloatStorage", 12, offset: 4, [2, 3], [1, 3]));

    private void Mutate(byte[] original, int mutations, Func<string, ITensorSource> open)
    {
        var random = new Random(2024);
        var (read, refused) = (0, 0);
        for (var i = 0; i < mutations; i++)
        {
            var mutated = Damage.Of(original, random, Pieces, Structure);
            File.WriteAllBytes(_folder["a"], mutated);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using var source = open(_folder["a"]);
                var total = 0L;
                foreach (var name in source.Tensors.Keys.Take(5)) // each costs a copy, and most mutations concern the table
                {
                    using var tensor = source.Read(name);
                    total += tensor.numel() * tensor.element_size();
                }

                Assert.True(total <= 5L * mutated.Length, $"mutation {i}: {total} bytes read from a file of {mutated.Length}");
                read++;
            }
            catch (CrossEncoderException)
            {
                refused++;
            }
            catch (Exception error)
            {
                Assert.Fail($"mutation {i}: {error}");
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MostBytes, $"mutation {i} took more than {MostBytes} bytes");
        }

        Assert.True(
            read > mutations / 100 && refused > mutations / 4,
            $"{read} read, {refused} refused: the mutations are too weak or too strong"
        );
    }
}
