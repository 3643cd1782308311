using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Benchmarks;

/// <summary>
/// Pairs a second of late interaction alone: random states in memory, passages of 128 tokens, queries of 16, 384 numbers a token.
/// </summary>
internal static class LateInteractionSpeed
{
    private const int Passages = 2000; // 190 MiB, far more than a processor's cache
    private const int Queries = 100;
    private const int Candidates = 20;

    public static string Measure(StateStorage storage)
    {
        var tokens = new RandomTokens(384);
        using var late = new LateInteraction(
            tokens,
            new() { Storage = storage },
            Enumerable.Range(0, Passages).Select(i => new Passage($"{i}", $"passage {i}"))
        );
        var queries = tokens
            .EmbedTokens([.. Enumerable.Range(0, Queries).Select(i => $"{i}")], queries: true, 16)
            .ToDictionary(query => $"{query.Text}", query => new MaxSimQuery(query.States, MaxSim.MeanOfOwnTokens));
        var random = new Random(2024);
        TextPair[] pairs =
        [
            .. Enumerable.Range(0, Queries * Candidates).Select(i => new TextPair($"{i / Candidates}", $"passage {random.Next(Passages)}")),
        ];
        var best = double.MaxValue;
        for (var i = 0; i < 50; i++)
        {
            var clock = Stopwatch.StartNew();
            late.Products(pairs, queries, CancellationToken.None);
            best = Math.Min(best, clock.Elapsed.TotalSeconds);
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"{storage}: {pairs.Length / best:0} pairs a second on {Environment.ProcessorCount} cores, states in memory"
        );
    }

    private sealed class RandomTokens(int width) : ITokenEmbedder
    {
        public string Name => "random";

        public string Settings => "random";

        public IEnumerable<(int Text, TokenStates States)> EmbedTokens(
            IReadOnlyList<string> texts,
            bool queries,
            int maxTokens,
            CancellationToken cancellation = default
        )
        {
            var random = new Random(2024);
            var tokens = queries ? 16 : 128;
            for (var text = 0; text < texts.Count; text++)
            {
                var values = new float[tokens * width];
                for (var i = 0; i < values.Length; i++)
                    values[i] = random.NextSingle() - 0.5f;
                for (var token = 0; token < tokens; token++)
                {
                    var state = values.AsSpan(token * width, width);
                    TensorPrimitives.Divide(state, TensorPrimitives.Norm<float>(state), state);
                }

                yield return (text, new(values, width, 0, tokens));
            }
        }
    }
}
