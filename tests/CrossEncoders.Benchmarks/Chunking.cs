using System.Diagnostics;
using System.Globalization;
using System.Text;
using CrossEncoders.Chunking;
using CrossEncoders.Documents;
using CrossEncoders.Tokenization;

namespace CrossEncoders.Benchmarks;

/// <summary>Megabytes of text chunked a second, English and Chinese, by each strategy, and which share of the time is tokenizing.</summary>
internal static class Chunking
{
    public static int Run(IReadOnlyList<string> arguments)
    {
        var options = new Options(arguments);
        var tokenizer = TextTokenizer.Load(options.Text("encoder"));
        foreach (var language in (string[])["en", "zh"])
        {
            var file = SquadFile.Load(Path.Combine(options.Text("shared"), "data", "xquad", $"xquad.{language}.json"));
            Document[] documents =
            [
                .. file
                    .Passages.Chunk(12)
                    .Select((passages, i) => new Document($"{i}.md", $"Part {i}", string.Join("\n\n", passages), language)),
            ];
            foreach (var strategy in Enum.GetValues<ChunkingStrategy>())
                Console.WriteLine(Measure(documents, tokenizer, strategy, language, options.Number("seconds", 3)));
        }

        return 0;
    }

    private static string Measure(Document[] documents, TextTokenizer tokenizer, ChunkingStrategy strategy, string language, int seconds)
    {
        var chunking = new ChunkingOptions { Strategy = strategy };
        var counting = new Stopwatch();
        int Count(string text)
        {
            counting.Start();
            var tokens = tokenizer.CountTokens(text);
            counting.Stop();
            return tokens;
        }

        var chunks = documents.StreamChunks(Count, chunking).Count(); // warms up
        counting.Reset();
        var clock = Stopwatch.StartNew();
        var rounds = 0;
        for (; clock.Elapsed.TotalSeconds < seconds; rounds++)
            documents.StreamChunks(Count, chunking).Count();
        var bytes = (double)rounds * documents.Sum(document => Encoding.UTF8.GetByteCount(document.Text));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{language}, {strategy}: {bytes / clock.Elapsed.TotalSeconds / 1e6:0.0} MB/s into "
                + $"{chunks} chunks of at most {chunking.MaxTokens} tokens; {100 * counting.Elapsed / clock.Elapsed:0} % of it tokenizing"
        );
    }
}
