using CrossEncoders.Weights;

namespace CrossEncoders.Tests.Weights;

/// <summary>Broken files: each must give an error of the right type, or be read; never a crash, a hang, or memory beyond the file's size.</summary>
public sealed class MutationTests : IDisposable
{
    private const int Mutations = 10_000;
    private const long MostBytes = 64L << 20; // managed memory of one reading; a table of tensors takes far less

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Safetensors() => Mutate("golden/models/bert/model.safetensors", headBytes: 4096, path => new SafetensorsFile(path));

    [Fact]
    public void Zip() => Mutate("golden/models/containers/bert.pytorch_model.bin", headBytes: 12_000, path => new PyTorchFile(path));

    [Fact]
    public void Legacy() => Mutate("golden/models/containers/bert.legacy.pytorch_model.bin", headBytes: 8000, path => new PyTorchFile(path));

    private void Mutate(string golden, int headBytes, Func<string, ITensorSource> open)
    {
        var original = File.ReadAllBytes(Shared.Path(golden));
        var random = new Random(2024);
        var (read, refused) = (0, 0);
        for (var i = 0; i < Mutations; i++)
        {
            var mutated = Mutate(original, random, headBytes);
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
                Assert.Fail($"mutation {i} of {golden}: {error}");
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MostBytes, $"mutation {i} took more than {MostBytes} bytes");
        }

        Assert.True(read > 100 && refused > 100, $"{read} read, {refused} refused: the mutations are too weak or too strong");
    }

    private static byte[] Mutate(byte[] original, Random random, int headBytes)
    {
        // Most mutations go where the structure is: the head of the file, or its end (a zip's directory).
        var bytes = (byte[])original.Clone();
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var at = random.Next(10) switch
            {
                < 6 => random.Next(Math.Min(headBytes, bytes.Length)),
                < 9 => Math.Max(0, bytes.Length - 1 - random.Next(headBytes)),
                _ => random.Next(bytes.Length),
            };
            switch (random.Next(7))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes[at] = (byte)"0123456789-.,:[]{}\"eE \\(tQRcqXK}"[random.Next(30)]; break;
                case 3: bytes.AsSpan(at, Math.Min(8, bytes.Length - at)).Fill((byte)(random.Next(2) * 255)); break;
                case 4: bytes = [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + random.Next(1, 16))..]]; break; // cut out
                case 5: bytes = [.. bytes[..at], .. bytes[at..Math.Min(bytes.Length, at + random.Next(1, 40))], .. bytes[at..]]; break; // double
                default: if (random.Next(5) == 0 && at > 0) bytes = bytes[..at]; break; // cut off
            }

            if (bytes.Length == 0) return bytes;
        }

        return bytes;
    }
}
