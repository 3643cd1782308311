using System.Collections.Concurrent;
using System.Diagnostics;
using CrossEncoders.Chunking;
using CrossEncoders.LanguageModels;
using CrossEncoders.Tests.LanguageModels;

namespace CrossEncoders.Tests.Questions;

/// <summary>A process that asks a server about the demo corpus, killed again and again.</summary>
public sealed class KilledRunTests
{
    private const int Kills = 20;

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task TwentyKillsChangeNothingAndNothingIsAskedTwice()
    {
        using var folder = new ScratchFolder();
        string In(string name) => Path.Combine(folder.Path, name);
        var random = new Random(2024);
        var known = new ConcurrentDictionary<string, bool>();
        var askedAgain = new ConcurrentQueue<string>();
        var onCall = () => { };
        using var server = new ChatServer(call =>
        {
            if (known.ContainsKey(Chunk.HashOf(call.Passage)))
                askedAgain.Enqueue(call.Passage);
            onCall();
            return ChatServer.Says(ScriptedChat.Answer(call.Passage)) with { Delay = TimeSpan.FromMilliseconds(3) };
        });

        using (var whole = Start(server, In("whole.journal"), In("whole.jsonl")))
            await EndAsync(whole);
        var calls = server.Calls.Count;
        Assert.True(calls > 200);
        server.Calls.Clear();

        for (var kill = 0; kill < Kills; kill++)
        {
            // After so many calls and a little later; sometimes before, at any moment of the start.
            var (after, wait) = (random.Next(1, 14), random.Next(12));
            var latest = kill % 5 == 4 ? random.Next(400) : 60_000;
            var due = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var seen = 0;
            onCall = () =>
            {
                if (Interlocked.Increment(ref seen) == after)
                    due.TrySetResult();
            };
            using var process = Start(server, In("killed.journal"), In("killed.jsonl"));
            await Task.WhenAny(due.Task, Task.Delay(latest));
            await Task.Delay(wait);
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            Assert.NotEqual(0, process.ExitCode);
            Assert.False(File.Exists(In("killed.jsonl")));
            foreach (var hash in AnswerJournal.Read(In("killed.journal")).Answers.Keys)
                known[hash] = true;
        }
        Assert.InRange(known.Count, 1, calls - 1);
        onCall = () => { };
        using (var last = Start(server, In("killed.journal"), In("killed.jsonl")))
            await EndAsync(last);

        Assert.Equal(await File.ReadAllBytesAsync(In("whole.jsonl")), await File.ReadAllBytesAsync(In("killed.jsonl")));
        Assert.Empty(askedAgain);
        // At most what was on its way when the process died came a second time.
        Assert.InRange(server.Calls.Count, calls, calls + 4 * Kills);
        Assert.Equal(calls, AnswerJournal.Read(In("killed.journal")).Answers.Count);
    }

    private static Process Start(ChatServer server, string journal, string output)
    {
        var program = Path.Combine(
            AppContext.BaseDirectory.Replace("CrossEncoders.Tests", "CrossEncoders.Benchmarks"),
            "CrossEncoders.Benchmarks.dll"
        );
        var start = new ProcessStartInfo(
            "dotnet",
            [program, "questions", "--documents", "data/corpus", "--journal", journal, "--output", output]
        )
        {
            WorkingDirectory = Shared.Repository,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OPENAI_BASE_URL"] = server.Address;
        start.Environment["OPENAI_API_KEY"] = "key";
        start.Environment["OPENAI_MODEL"] = "tiny";
        start.Environment.Remove("LOCAL_MODEL");
        return Process.Start(start)!;
    }

    private static async Task EndAsync(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{await output}{await error}");
    }
}
