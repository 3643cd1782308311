using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using CrossEncoders.Modeling;
using CrossEncoders.Runtime;
using CrossEncoders.Tokenization;
using static TorchSharp.torch;

namespace CrossEncoders.Benchmarks;

/// <summary>
/// How much faster batches are without their padding: pairs of XQuAD, of their natural lengths, in the batches of scoring, through random
/// encoders of several architectures. Both ways take turns, so that what else the machine does falls on both.
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
    ];

    public static int Run(IReadOnlyList<string> arguments)
    {
        var options = new Options(arguments);
        var tokenizer = TextTokenizer.Load(options.Text("model"));
        var pairs = OnnxSpeed.Pairs(options.Text("shared"), options.Number("pairs", 256));
        var texts = tokenizer.EncodePairs(pairs.Select(pair => (pair.Query, pair.Passage)), 512);
        TokenBatch[] batches =
        [
            .. TokenBatches
                .ByLength(texts, options.Number("batch", 32), options.Number("tokens", 8192))
                .Select(batch => TokenBatch.Pad([.. batch.Select(i => texts[i])], 0)),
        ];
        var tokens = batches.Sum(batch => (double)batch.Mask.Count(present => present));
        Print($"{pairs.Length} pairs, {tokens / batches.Sum(batch => (double)batch.Mask.Length):0.0 %} of the places are tokens");
        foreach (var (name, json) in Shapes)
        foreach (var type in Devices.CpuHasBFloat16 ? (ScalarType[])[ScalarType.Float32, ScalarType.BFloat16] : [ScalarType.Float32])
            Measure(name, json, type, batches, options.Number("times", 3));
        return 0;
    }

    private static void Measure(string name, string json, ScalarType type, TokenBatch[] batches, int times)
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
            var (padded, flat) = (double.MaxValue, double.MaxValue);
            for (var i = 0; i <= times; i++) // the first warms up
            {
                var clock = Stopwatch.StartNew();
                foreach (var batch in batches)
                    Forward(model, batch, unpadded: false);
                var half = clock.Elapsed.TotalSeconds;
                foreach (var batch in batches)
                    Forward(model, batch, unpadded: true);
                if (i > 0)
                    (padded, flat) = (Math.Min(padded, half), Math.Min(flat, clock.Elapsed.TotalSeconds - half));
            }

            var count = batches.Sum(batch => batch.Texts);
            Print($"{name}, {type}: {count / padded:0.0} pairs/s padded, {count / flat:0.0} unpadded: {padded / flat:0.00} times");
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
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

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
