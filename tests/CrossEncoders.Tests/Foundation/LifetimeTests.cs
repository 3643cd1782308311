namespace CrossEncoders.Tests.Foundation;

public sealed class LifetimeTests
{
    [Fact]
    public void WhatIsNotInUseIsFreedAtOnceAndOnlyOnce()
    {
        var owned = new Owned();
        var lifetime = new Lifetime(this, owned);
        lifetime.Begin().Dispose();
        Assert.Equal(0, owned.Freed);
        lifetime.Dispose();
        lifetime.Dispose();
        Assert.Equal(1, owned.Freed);
    }

    [Fact]
    public void WhatIsInUseIsFreedWhenTheLastUseEnds()
    {
        var owned = new Owned();
        var lifetime = new Lifetime(this, owned);
        var (first, second) = (lifetime.Begin(), lifetime.Begin());
        lifetime.Dispose();
        first.Dispose();
        Assert.Equal(0, owned.Freed);
        second.Dispose();
        Assert.Equal(1, owned.Freed);
    }

    [Fact]
    public void AfterTheEndNoUseBeginsAlthoughAnotherGoesOn()
    {
        var lifetime = new Lifetime(this, new Owned());
        using var goesOn = lifetime.Begin();
        lifetime.Dispose();
        var error = Assert.Throws<ObjectDisposedException>(() => lifetime.Begin());
        Assert.Equal(typeof(LifetimeTests).FullName, error.ObjectName);
    }

    [Fact]
    public void ManyThreadsNeverMeetWhatIsFreed()
    {
        for (var round = 0; round < 50; round++)
        {
            var owned = new Owned();
            var lifetime = new Lifetime(this, owned);
            int met = 0,
                refused = 0;
            Parallel.For(0, 40, number =>
            {
                if (number == 20)
                    lifetime.Dispose();
                try
                {
                    using var use = lifetime.Begin();
                    Thread.Yield();
                    Interlocked.Add(ref met, owned.Freed);
                }
                catch (ObjectDisposedException)
                {
                    Interlocked.Increment(ref refused);
                }
            });
            Assert.Equal((1, 0), (owned.Freed, met));
            Assert.InRange(refused, 1, 40); // the one that disposed of it, at the least
        }
    }

    private sealed class Owned : IDisposable
    {
        private int _freed;

        public int Freed => Volatile.Read(ref _freed);

        public void Dispose() => Interlocked.Increment(ref _freed);
    }
}
