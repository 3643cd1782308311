using System.Text.Json;
using System.Text.Json.Nodes;
using CrossEncoders.Onnx;
using static TorchSharp.torch;

namespace CrossEncoders.Benchmarks;

/// <summary>
/// Saves the tiny models of the Python reference again, and as graphs, some with an adapter, too, each with what it then scores
/// (<c>cases.json</c>), for a script to read back in Python.
/// </summary>
internal static class SavedAgain
{
    private static readonly string[] Halved = ["models/distilbert", "models/electra", "models/xlm-roberta"];
    private static readonly string[] Adapted = ["models/bert", "modules/qwen3-sequence-classification"];

    public static int Run(string[] arguments)
    {
        var given = new Options(arguments);
        var (golden, output) = (Path.Combine(given.Text("shared"), "golden"), given.Text("output"));
        foreach (var cases in Directory.EnumerateFiles(golden, "cases.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var (folder, json) = (Path.GetDirectoryName(cases)!, JsonNode.Parse(File.ReadAllText(cases))!.AsObject());
            var (name, target) = (Path.GetRelativePath(golden, folder), Path.Combine(output, Path.GetRelativePath(golden, folder)));
            if (json["texts"] is not null)
            {
                using var encoder = BiEncoder.FromPretrained(folder, new() { Device = "cpu", ComputeType = ScalarType.Float32 });
                encoder.SavePretrained(target);
                File.Copy(cases, Path.Combine(target, "cases.json"), overwrite: true); // what Python made of the original
                Console.WriteLine(target);
            }

            if (json["pairs"] is null || name.EndsWith("-bare", StringComparison.Ordinal))
                continue;
            TextPair[] pairs = [.. json["pairs"]!.AsArray().Select(pair => new TextPair($"{pair![0]}", $"{pair[1]}"))];
            if (Directory.Exists(Path.Combine(folder, "adapter")))
                Adapter(folder, target, pairs, (int)json["max_length"]!);
            else
                Whole(name, folder, target, pairs, (json["results"] as JsonArray)?.Select(result => (string?)result!["prompt"]) ?? [null]);
            Console.WriteLine(target);
        }

        return 0;
    }

    internal static void Whole(string name, string folder, string target, TextPair[] pairs, IEnumerable<string?> prompts)
    {
        using (var model = Load(folder))
            model.SavePretrained(target, Halved.Contains(name) ? ScalarType.Float16 : ScalarType.Float32);
        var results = new JsonArray();
        foreach (var prompt in prompts)
        {
            using var saved = Load(target, prompt);
            results.Add(Result(saved, pairs, prompt));
        }

        Write(target, pairs, results);
        Graphs(target, pairs);
        if (!Adapted.Contains(name))
            return;
        using var below = Load(target);
        var adapter = below.AttachAdapter(new() { Rank = 2 });
        using (no_grad())
            adapter.Parameters.Flat.add_(0.01);
        adapter.Save(Path.Combine(target, "adapter"), "..");
        Write(Path.Combine(target, "adapter"), pairs, [Result(below, pairs, null)]);
    }

    /// <summary>An adapter that Python made, over its base, both saved again.</summary>
    internal static void Adapter(string folder, string target, TextPair[] pairs, int length)
    {
        using (var below = Load(Path.Combine(folder, "base"), length: length))
            below.SavePretrained(target);
        using var model = Load(Path.Combine(folder, "adapter"), length: length);
        model.Adapter!.Save(Path.Combine(target, "adapter"), "..");
        Write(Path.Combine(target, "adapter"), pairs, [Result(model, pairs, null)]);
    }

    private static void Graphs(string target, TextPair[] pairs)
    {
        using var model = Load(target);
        foreach (var precision in Enum.GetValues<OnnxPrecision>())
        {
            model.ExportOnnx(target, new() { Precision = precision, LeastNdcgShare = 0 });
            using var served = OnnxCrossEncoder.FromPretrained(target, new() { File = OnnxFiles.Of(precision), Report = _ => { } });
            var scores = JsonSerializer.Serialize(served.Score(pairs));
            File.WriteAllText(Path.Combine(target, OnnxFiles.Of(precision) + ".scores.json"), scores);
        }
    }

    private static JsonObject Result(CrossEncoder model, TextPair[] pairs, string? prompt)
    {
        var texts = model.Tokenize(pairs);
        return new()
        {
            ["prompt"] = prompt,
            ["max_length"] = model.MaxLength,
            ["labels"] = model.Labels,
            ["ids"] = JsonSerializer.SerializeToNode(texts.Select(text => text.Ids)),
            ["types"] = JsonSerializer.SerializeToNode(texts.Select(text => text.TypeIds)),
            ["logits"] = JsonSerializer.SerializeToNode(model.Score(pairs)),
            ["scores"] = JsonSerializer.SerializeToNode(model.Predict(pairs)),
        };
    }

    private static void Write(string target, TextPair[] pairs, JsonArray results)
    {
        var texts = JsonSerializer.SerializeToNode(pairs.Select(pair => new[] { pair.Query, pair.Passage }));
        File.WriteAllText(Path.Combine(target, "cases.json"), new JsonObject { ["pairs"] = texts, ["results"] = results }.ToJsonString());
    }

    internal static CrossEncoder Load(string folder, string? prompt = null, int? length = null) =>
        CrossEncoder.FromPretrained(
            folder,
            new()
            {
                Device = "cpu",
                ComputeType = ScalarType.Float32,
                Prompt = prompt,
                MaxLength = length,
                Report = _ => { },
            }
        );
}
