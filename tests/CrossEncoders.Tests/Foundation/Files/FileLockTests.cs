using CrossEncoders.Files;

namespace CrossEncoders.Tests.Foundation.Files;

public sealed class FileLockTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void OneHoldsItAndTheNextTakesItAfterwards()
    {
        using (var first = FileLock.TryTake(_scratch["a/lock"]))
        {
            Assert.NotNull(first);
            Assert.Null(FileLock.TryTake(_scratch["a/lock"]));
        }

        Assert.Empty(Directory.GetFiles(_scratch["a"]));
        using var second = FileLock.TryTake(_scratch["a/lock"], passing: false);
        Assert.NotNull(second);
    }

    [Fact]
    public async Task WhoeverWaitsIsToldOnceAndThenHoldsIt()
    {
        var first = FileLock.TryTake(_scratch["lock"], passing: false);
        var told = 0;
        var second = FileLock.TakeAsync(_scratch["lock"], () => told++, CancellationToken.None);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.False(second.IsCompleted);
        first!.Dispose();
        (await second).Dispose();
        Assert.Equal(1, told);
        Assert.True(File.Exists(_scratch["lock"]));
    }

    [Fact]
    public async Task AWaitEndsWhenItIsCancelled()
    {
        using var first = FileLock.TryTake(_scratch["lock"]);
        using var cancellation = new CancellationTokenSource(50);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FileLock.TakeAsync(_scratch["lock"], () => { }, cancellation.Token));
    }

    [Fact]
    public void ASharedFileIsOpenToOneAtATime()
    {
        using var first = FileLock.Open(_scratch["rows.csv"], TimeSpan.Zero);
        Assert.True(
            DiskErrors.IsInUse(Assert.ThrowsAny<IOException>(() => FileLock.Open(_scratch["rows.csv"], TimeSpan.FromMilliseconds(50))))
        );
        Assert.Throws<DirectoryNotFoundException>(() => FileLock.Open(_scratch["no/rows.csv"], TimeSpan.FromSeconds(20))); // at once
    }
}
