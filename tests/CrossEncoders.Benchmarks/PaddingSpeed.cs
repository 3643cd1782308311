using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using CrossEncoders.Modeling;
using CrossEncoders.Runtime;
using CrossEncoders.Tokenization;
using static TorchSharp.torch;

namespace CrossEncoders.Benchmarks;

/// <summary>
/// How much faster batches are without their padding: pairs of XQuAD, of their natural lengths, at a token budget that counts padding,
/// through random encoders of several architectures: in batches of the order in which the pairs come, and in those of scoring, sorted by
/// length. Both ways compute the same batches and take turns, so that what else the machine does falls on both.
/// </summary>
internal static class PaddingSpeed
{
    private const int Vocabulary = 4096;

    private static readonly (string Name, string Json)[] Shapes =
    [
        (
            "BERT, 6 × 384",
            """{"model_type": "bert", "num_hidden_layers": 6, "hidden_size": 384, "num_attention_heads": 12, "intermediate_size": 1536}"""
        ),
        (
            "ModernBERT, 7 × 256 (Ettin 17m)",
            """
            {"model_type": "modernbert", "num_hidden_layers": 7, "hidden_size": 256, "num_attention_heads": 4,
             "intermediate_size": 384}
            """
        ),
        (
            "gte-multilingual, 4 × 768",
            """{"model_type": "new", "num_hidden_layers": 4, "hidden_size": 768, "num_attention_heads": 12, "intermediate_size": 3072}"""
        ),
        (
            "DeBERTa, 6 × 384",
            """
            {"model_type": "deberta-v2", "num_hidden_layers": 6, "hidden_size": 384, "num_attention_heads": 6,
             "intermediate_size": 1536, "relative_attention": true, "position_buckets": 256, "pos_att_type": "c2p|p2c",
             "share_att_key": true, "norm_rel_ebd": "layer_norm", "position_biased_input": false}
            """
        ),
        (
            "Qwen3, 4 × 512",
            """
            {"model_type": "qwen3", "architectures": ["Qwen3ForSequenceClassification"], "num_hidden_layers": 4, "hidden_size": 512,
             "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 64, "intermediate_size": 1536,
             "max_position_embeddings": 512, "rms_norm_eps": 1e-6, "tie_word_embeddings": true}
            """
        ),
    ];

    public static int Run(IReadOnlyList<string> arguments)
    {
        var options = new Options(arguments);
        var tokenizer = TextTokenizer.Load(options.Text("model"));
        var pairs = OnnxSpeed.Pairs(options.Text("shared"), options.Number("pairs", 256));
        var texts = tokenizer.EncodePairs(pairs.Select(pair => (pair.Query, pair.Passage)), 512);
        var (most, budget) = (options.Number("batch", 32), options.Number("tokens", 8192));
        Order[] orders =
        [
            new("as they come", Batches(AsTheyCome(texts, most, budget), texts)),
            new("sorted by length", Batches(TokenBatches.ByLength(texts, most, budget), texts)),
        ];
        set_num_threads(Math.Min(get_num_threads(), 8)); // on more, nothing is scored without padding
        Print($"{pairs.Length} pairs, {get_num_threads()} threads, at most {most} pairs and {budget} places a batch, padding included");
        foreach (var (name, json) in Shapes)
        foreach (var type in Devices.CpuHasBFloat16 ? (ScalarType[])[ScalarType.Float32, ScalarType.BFloat16] : [ScalarType.Float32])
            Measure(name, json, type, orders, options.Number("times", 3));
        return 0;
    }

    /// <summary>What a server sees, and what computes without sorting: a batch is full where the next text would not fit.</summary>
    private static List<int[]> AsTheyCome(IReadOnlyList<TokenizedText> texts, int most, int budget)
    {
        var batches = new List<int[]>();
        for (int start = 0, end; start < texts.Count; start = end)
        {
            var width = texts[start].Ids.Length;
            for (end = start + 1; end < texts.Count && end - start < most; end++)
            {
                width = Math.Max(width, texts[end].Ids.Length);
                if ((end - start + 1) * width > budget)
                    break;
            }

            batches.Add([.. Enumerable.Range(start, end - start)]);
        }

        return batches;
    }

    private static TokenBatch[] Batches(List<int[]> batches, IReadOnlyList<TokenizedText> texts) =>
        [.. batches.Select(batch => TokenBatch.Pad([.. batch.Select(i => texts[i])], 0))];

    private static void Measure(string name, string json, ScalarType type, Order[] orders, int times)
    {
        using var guard = no_grad();
        var scratch = Directory.CreateTempSubdirectory("cross-encoders-").FullName;
        try
        {
            var config = JsonNode.Parse(json)!.AsObject();
            (config["vocab_size"], config["num_labels"]) = (Vocabulary, 1);
            File.WriteAllText(Path.Combine(scratch, "config.json"), config.ToJsonString());
            using var model = SequenceClassifier.Create(ModelConfig.Load(scratch), CPU);
            model.SetComputeType(type);
            var best = orders.Select(_ => (Padded: double.MaxValue, Unpadded: double.MaxValue)).ToArray();
            for (var i = 0; i <= times; i++) // the first warms up
            {
                foreach (var (at, order) in orders.Index())
                {
                    var (padded, unpadded) = (
                        Seconds(model, order.Batches, unpadded: false),
                        Seconds(model, order.Batches, unpadded: true)
                    );
                    if (i > 0)
                        best[at] = (Math.Min(best[at].Padded, padded), Math.Min(best[at].Unpadded, unpadded));
                }
            }

            Print($"{name}, {type}");
            foreach (var (order, (padded, unpadded)) in orders.Zip(best))
            {
                var (label, texts) = (order.Name.PadRight(16), order.Texts);
                Print($"  {label} padded   {texts / padded, 7:0.0} pairs/s, tokens are {order.Tokens:0.0 %} of what is computed");
                Print($"  {label} unpadded {texts / unpadded, 7:0.0} pairs/s, tokens are all of it: {padded / unpadded:0.00} times padded");
            }
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static double Seconds(SequenceClassifier model, TokenBatch[] batches, bool unpadded)
    {
        var clock = Stopwatch.StartNew();
        foreach (var batch in batches)
            Forward(model, batch, unpadded);
        return clock.Elapsed.TotalSeconds;
    }

    private static void Forward(SequenceClassifier model, TokenBatch batch, bool unpadded)
    {
        using var scope = NewDisposeScope();
        var ids = tensor([.. batch.Ids.Select(id => id % Vocabulary)], [batch.Texts, batch.Length]);
        var mask = batch.Mask.All(present => present) ? null : tensor(batch.Mask).view(batch.Texts, batch.Length);
        if (unpadded)
        {
            _ = model.Encoder.Forward(ids, zeros_like(ids), mask, firstTokenOnly: true);
            return;
        }

        var pass = model.Encoder.Begin(new(ids, zeros_like(ids), mask, FirstTokenOnly: true, Dropout: null));
        var states = pass.Embed();
        for (var i = 0; i < model.Config.Layers; i++)
            states = pass.Layer(i, states);
        _ = pass.Finish(states);
    }

    /// <summary>The same pairs in one order, as batches.</summary>
    private sealed record Order(string Name, TokenBatch[] Batches)
    {
        public int Texts => Batches.Sum(batch => batch.Texts);

        /// <summary>The share of what is computed with padding that are tokens.</summary>
        public double Tokens =>
            Batches.Sum(batch => (double)batch.Mask.Count(present => present)) / Batches.Sum(batch => batch.Mask.Length);
    }

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
