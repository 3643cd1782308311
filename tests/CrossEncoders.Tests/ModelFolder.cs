using System.Text.Json.Nodes;
using CrossEncoders.Weights;
using static TorchSharp.torch;

namespace CrossEncoders.Tests;

/// <summary>Copies of models whose files a test changes.</summary>
internal static class ModelFolder
{
    /// <summary>The folder of the models that the kit ships.</summary>
    public static string Shipped(string name) => Path.Combine(Shared.Repository, "data", "models", name);

    /// <summary>A copy of a folder, with the files of a case laid over it.</summary>
    public static string Copy(string folder, string target, string? overlay = null)
    {
        foreach (var source in overlay is null ? (string[])[folder] : [folder, Case(overlay)])
        {
            foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
            {
                var copy = Path.Combine(target, Path.GetRelativePath(source, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy, overwrite: true);
                File.SetAttributes(copy, FileAttributes.Normal);
            }
        }

        return target;
    }

    /// <summary>The files of a case that lie over a model's.</summary>
    public static string Case(string name) => Path.Combine(Shared.Repository, "tests", "CrossEncoders.Tests", "cases", name, "overlay");

    /// <summary>Changes one of a folder's JSON files; one that is not there is made.</summary>
    public static void Edit(string folder, string file, Action<JsonObject> change)
    {
        var path = Path.Combine(folder, file);
        var json = File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path))!.AsObject() : [];
        change(json);
        File.WriteAllText(path, json.ToJsonString());
    }

    /// <summary>Writes the weights again, renamed and changed.</summary>
    public static void Reweigh(string folder, Func<string, Tensor, (string Name, Tensor Tensor)> change)
    {
        var path = Path.Combine(folder, "model.safetensors");
        using (var weights = CheckpointWeights.Open(folder))
        {
            List<(string Name, Tensor Tensor)> stored = [.. weights.Tensors.Keys.Select(key => (key, weights.Read(key)))];
            using (NewDisposeScope())
                SafetensorsWriter.Write(path + ".new", stored.Select(entry => change(entry.Name, entry.Tensor)));
            stored.ForEach(entry => entry.Tensor.Dispose());
        }

        File.Move(path + ".new", path, overwrite: true);
    }

    public static CrossEncoder Load(string folder, CrossEncoderOptions? options = null) =>
        CrossEncoder.FromPretrained(
            folder,
            (options ?? new() { Report = _ => { } }) with
            {
                Device = "cpu",
                ComputeType = ScalarType.Float32,
            }
        );

    public static BiEncoder LoadBi(string folder, BiEncoderOptions? options = null) =>
        BiEncoder.FromPretrained(
            folder,
            (options ?? new() { Report = _ => { } }) with
            {
                Device = "cpu",
                ComputeType = ScalarType.Float32,
            }
        );
}
