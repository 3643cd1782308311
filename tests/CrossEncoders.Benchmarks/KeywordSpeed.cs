using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Benchmarks;

/// <summary>
/// BM25 over many passages made of real sentences drawn at random: time and memory of the index, queries a second, a check sum.
/// </summary>
internal static class KeywordSpeed
{
    private const int Sentences = 6; // a passage
    private const int TopK = 100;

    public static int Run(IReadOnlyList<string> arguments)
    {
        var options = new Options(arguments);
        var (shared, count) = (options.Text("shared"), options.Number("passages", 100_000));
        var passages = Passages(Path.Combine(shared, "data", "prose", "sections-en.jsonl"), count);
        string[] queries =
        [
            .. SquadFile.Load(Path.Combine(shared, "data", "xquad", "xquad.en.json")).Questions.Select(question => question.Text),
        ];
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true); // what made the texts goes
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var process = Process.GetCurrentProcess();
        var start = process.WorkingSet64;
        var clock = Stopwatch.StartNew();
        var bm25 = new Bm25Retriever(passages);
        var seconds = clock.Elapsed.TotalSeconds;
        process.Refresh();
        var peak = (process.PeakWorkingSet64 - start) / 1e6;
        var kept = (GC.GetTotalMemory(true) - before) / 1e6;
        var whole = process.PeakWorkingSet64 / 1e6;
        Print($"{count} passages indexed in {seconds:0.0} s: {kept:0} MB, {peak:0} MB at most while it was made, {whole:0} MB with texts");
        var (best, together) = (double.MaxValue, double.MaxValue);
        var sum = 0UL;
        for (var i = 0; i < options.Number("times", 5); i++)
        {
            clock.Restart();
            var hits = queries.Select(query => bm25.Search(query, TopK)).ToList();
            best = Math.Min(best, clock.Elapsed.TotalSeconds);
            sum = hits.SelectMany(list => list)
                .Aggregate(0UL, (all, hit) =>
                    all * 31 + BitConverter.DoubleToUInt64Bits(hit.Score) + ulong.Parse(hit.Passage.Id, CultureInfo.InvariantCulture)
                );
            clock.Restart();
            bm25.SearchAll(queries, TopK);
            together = Math.Min(together, clock.Elapsed.TotalSeconds);
        }

        Print($"{queries.Length / best:0} queries a second one by one, {queries.Length / together:0} together; rankings {sum:x16}");
        return 0;
    }

    private static Passage[] Passages(string path, int count)
    {
        string[] sentences =
        [
            .. File.ReadLines(path)
                .Select(TextOf)
                .SelectMany(text => text.Split(". ", StringSplitOptions.RemoveEmptyEntries))
                .Where(sentence => sentence.Length > 30),
        ];
        var random = new Random(2024);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i => new Passage(
                    i.ToString(CultureInfo.InvariantCulture),
                    string.Join(". ", Enumerable.Range(0, Sentences).Select(_ => sentences[random.Next(sentences.Length)]))
                )),
        ];
    }

    private static string TextOf(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("text").GetString()!;
    }

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
