using System.Diagnostics;
using CrossEncoders.Files;

namespace CrossEncoders.Tests.Foundation.Files;

public sealed class FileLockSharingTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void OfManyThreadsOneHoldsItAtATime(bool passing)
    {
        Assert.SkipWhen(passing && OperatingSystem.IsMacOS(), "macOS does not tell that an open file was deleted");
        int inside = 0,
            most = 0,
            taken = 0;
        Parallel.For(0, 4, _ =>
        {
            for (var times = 0; times < 25; )
            {
                using var held = FileLock.TryTake(_scratch["lock"], passing);
                if (held is null)
                    continue;
                times++;
                taken++; // not interlocked: the lock is what guards it
                most = Math.Max(most, Interlocked.Increment(ref inside));
                Thread.Yield();
                Interlocked.Decrement(ref inside);
            }
        });
        Assert.Equal((100, 1), (taken, most));
        Assert.Equal(!passing, File.Exists(_scratch["lock"]));
    }

    [Fact]
    public void AnotherProcessMeetsTheSameLock()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/flock"), "needs flock of util-linux");
        using (FileLock.TryTake(_scratch["lock"], passing: false))
            Assert.Equal(1, Flock("-n", _scratch["lock"], "true"));
        Assert.Equal(0, Flock("-n", _scratch["lock"], "true"));
    }

    [Fact]
    public void WhatStandsInAFileStaysWhenItIsLocked()
    {
        _scratch.With("lock", "a name");
        using (FileLock.TryTake(_scratch["lock"], passing: false))
            Assert.True(File.Exists(_scratch["lock"]));
        Assert.Equal("a name", File.ReadAllText(_scratch["lock"]));
        using var opened = FileLock.Open(_scratch["lock"], TimeSpan.Zero);
        Assert.Equal((0, 6), (opened.Position, opened.Length));
    }

    [Fact]
    public void LocksOfOtherNamesDoNotMatter()
    {
        using var first = FileLock.TryTake(_scratch["a.lock"]);
        using var second = FileLock.TryTake(_scratch["b.lock"]);
        Assert.NotNull(first);
        Assert.NotNull(second);
    }

    [Fact]
    public void AnErrorThatIsNoLockIsNotTakenForOne()
    {
        Assert.Throws<UnauthorizedAccessException>(() => FileLock.TryTake(_scratch.Path));
        _scratch.With("file", "");
        Assert.ThrowsAny<IOException>(() => FileLock.TryTake(_scratch["file/lock"]));
    }

    [Fact]
    public async Task WhoeverIsPatientGetsTheFileWhenTheOtherIsDone()
    {
        var first = FileLock.Open(_scratch["rows.csv"], TimeSpan.Zero);
        var second = Task.Run(() => FileLock.Open(_scratch["rows.csv"], TimeSpan.FromSeconds(20)), TestContext.Current.CancellationToken);
        first.Write("a row\n"u8);
        await Task.Delay(30, TestContext.Current.CancellationToken);
        Assert.False(second.IsCompleted);
        await first.DisposeAsync();
        await using var opened = await second;
        Assert.Equal(6, opened.Length);
    }

    [Fact]
    public async Task AFreeLockIsTakenWithoutAWord()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        using var held = await FileLock.TakeAsync(_scratch["lock"], () => Assert.Fail("nobody holds it"), cancelled.Token);
        Assert.Null(FileLock.TryTake(_scratch["lock"]));
    }

    private static int Flock(params string[] arguments)
    {
        using var process = Process.Start("/usr/bin/flock", arguments);
        process.WaitForExit();
        return process.ExitCode;
    }
}
