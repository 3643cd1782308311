using CrossEncoders.Files;

namespace CrossEncoders.Tests.Foundation.Files;

/// <summary>A save that is killed at each of its changes.</summary>
public sealed partial class AtomicFolderTests
{
    [Fact]
    [Trait("Speed", "Slow")]
    public void AKillAtEveryChangeLeavesTheOldOrTheNewModelAndAllOfOthers()
    {
        var changes = 0;
        for (var kill = 1; ; kill++)
        {
            var target = _scratch[$"kill-{kill}"];
            PutAll(target, Old, Others);
            var steps = new Killer(kill);
            if (!Killed(() => AtomicFolder.Write(target, Fill(steps), steps.Disk)))
            {
                changes = kill - 1;
                break;
            }

            // Without any help there is the old model or none that a reader would take for whole.
            var left = Contents(target, hidden: false);
            Assert.True(
                !left.TryGetValue("config.json", out var config) || Sum(config == "old config" ? Old : New, Others).All(left.Contains),
                $"after the kill at {steps.Last}"
            );
            AtomicFolder.Recover(target);
            var isNew = File.ReadAllText(Path.Combine(target, "config.json")) == "new config";
            AssertHolds(Sum(isNew ? New : Old, Others), Contents(target, hidden: false), steps.Last);

            // Whatever was left, the next save leaves nothing of it.
            AtomicFolder.Write(target, Fill);
            Assert.Equal(Sum(New, Others), Contents(target));
        }

        Assert.True(changes > 15, $"{changes} changes were interrupted");
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void AKillInTheMiddleOfTheRecoveryLosesNothingEither()
    {
        for (var first = 1; ; first++)
        {
            var target = _scratch[$"kill-{first}"];
            PutAll(target, Old, Others);
            var steps = new Killer(first);
            if (!Killed(() => AtomicFolder.Write(target, Fill(steps), steps.Disk)))
                return;
            for (var kill = 1; Killed(() => AtomicFolder.Recover(target, new Killer(kill).Disk)); kill += 2) { }
            var isNew = File.ReadAllText(Path.Combine(target, "config.json")) == "new config";
            AssertHolds(Sum(isNew ? New : Old, Others), Contents(target, hidden: false), steps.Last);
        }
    }

    [Fact]
    public void AKilledFirstSaveLeavesNoFolderOfThatName()
    {
        for (var kill = 1; ; kill++)
        {
            var target = _scratch[$"out-{kill}/model"];
            var steps = new Killer(kill);
            if (!Killed(() => AtomicFolder.Write(target, Fill(steps), steps.Disk)))
                break;
            Assert.False(Directory.Exists(target));
            AtomicFolder.Write(target, Fill);
            Assert.Equal(New, Contents(target));
            Assert.Equal(["model"], Directory.GetFileSystemEntries(_scratch[$"out-{kill}"]).Select(Path.GetFileName));
        }
    }

    [Fact]
    public void AnErrorInTheMiddleLeavesTheOldModelAndNothingElse()
    {
        PutAll(Target, Old, Others);
        var error = Assert.Throws<CrossEncoderException>(() => AtomicFolder.Write(Target, building =>
            {
                File.WriteAllText(Path.Combine(building, "config.json"), "new config");
                throw new IOException("the line is down");
            }));
        Assert.Contains("the line is down", error.Message);
        Assert.Contains(Target, error.Message);
        Assert.Equal(Sum(Old, Others), Contents(Target));
    }

    private static bool Killed(Action save)
    {
        try
        {
            save();
            return false;
        }
        catch (Kill)
        {
            return true;
        }
    }

    /// <summary>Ends everything at a change, and all that would be changed after it.</summary>
    private sealed class Killer
    {
        private readonly int _at;
        private int _count;

        public Killer(int at) => (_at, Disk) = (at, new FolderSteps(Count));

        public FolderSteps Disk { get; }

        public string Last { get; private set; } = "";

        public void Count(string change)
        {
            if (++_count < _at)
                return;
            if (_count == _at)
                Last = change;
            throw new Kill();
        }
    }
}
