using System.Buffers.Binary;
using CrossEncoders.Runtime;

namespace CrossEncoders.Tests.Runtime;

/// <summary>Demands for a version of a symbol, on small files made by hand.</summary>
public sealed class ElfSymbolVersionsTests
{
    private const string Wanted = "GLIBCXX_3.4.32";

    private static ElfFile File(ushort flags = 0) =>
        new(flags, ("libstdc++.so.6", ["GLIBCXX_3.4.3", Wanted, "GLIBCXX_3.4"]), ("libc.so.6", ["GLIBC_2.34"]), ("libx.so", [Wanted]));

    [Theory]
    [InlineData(Wanted, 2)] // of two libraries
    [InlineData("GLIBCXX_3.4", 1)] // not those that begin alike
    [InlineData("GLIBC_2.34", 1)]
    public void NothingButTheFlagsOfThatVersionChange(string version, int demands)
    {
        var file = File();
        var before = (byte[])file.Bytes.Clone();

        Assert.True(ElfSymbolVersions.Weaken(file.Bytes, version));

        int[] changed = [.. Enumerable.Range(0, before.Length).Where(i => before[i] != file.Bytes[i])];
        Assert.Equal(file.Flags(version), changed);
        Assert.Equal(demands, changed.Length);
        Assert.All(changed, i => Assert.Equal(2, file.Bytes[i]));
    }

    [Theory]
    [InlineData(1, 3)] // the other flag stays
    [InlineData(2, 2)] // weak already
    public void FlagsThatAreThereStay(ushort before, ushort after)
    {
        var file = File(before);
        Assert.True(ElfSymbolVersions.Weaken(file.Bytes, Wanted));
        Assert.All(file.Flags(Wanted), at => Assert.Equal(after, file.Bytes[at]));
        Assert.All(file.Flags("GLIBC_2.34"), at => Assert.Equal(before, file.Bytes[at]));
    }

    [Theory]
    [InlineData("GLIBCXX_3.4.31")]
    [InlineData("GLIBCXX_3.4.3")] // demanded, but with no library of the file below
    [InlineData("libc.so.6")] // a library is no version
    [InlineData("")]
    public void AVersionThatIsNotDemandedChangesNothing(string version)
    {
        var file = new ElfFile(0, ("libc.so.6", ["GLIBC_2.34", Wanted]));
        var before = (byte[])file.Bytes.Clone();
        Assert.False(ElfSymbolVersions.Weaken(file.Bytes, version));
        Assert.Equal(before, file.Bytes);
    }

    [Fact]
    public void AFileWithoutDemandsChangesNothing() => Assert.False(ElfSymbolVersions.Weaken(new ElfFile().Bytes, Wanted));

    [Theory]
    [InlineData(0, 0x7e)]
    [InlineData(1, 'F')]
    [InlineData(4, 1)] // 32 bits
    [InlineData(5, 2)] // big-endian
    public void OtherKindsOfFileAreLeftAlone(int place, byte value)
    {
        var file = File();
        file.Bytes[place] = value;
        var before = (byte[])file.Bytes.Clone();
        Assert.False(ElfSymbolVersions.Weaken(file.Bytes, Wanted));
        Assert.Equal(before, file.Bytes);
    }

    [Fact]
    public void AFileCutOffAnywhereDemandsNothing()
    {
        var whole = File().Bytes;
        for (var length = 0; length < whole.Length - 64 + 44; length++) // as far as what is read of the last section
            Assert.False(ElfSymbolVersions.Weaken(whole[..length], Wanted), $"{length} of {whole.Length} bytes");
    }

    /// <summary>Offsets that lead nowhere, or back again and again, must end in an answer.</summary>
    [Theory]
    [InlineData(0xffffffffu)]
    [InlineData(0xfffffff0u)]
    [InlineData(0x7fffffffu)]
    [InlineData(0x80000000u)]
    public void AnyDamagedWordIsSurvived(uint damage)
    {
        for (var at = 0x28; at + 4 <= File().Bytes.Length; at += 2)
        {
            var bytes = File().Bytes;
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), damage);
            _ = ElfSymbolVersions.Weaken(bytes, Wanted);
        }
    }
}
