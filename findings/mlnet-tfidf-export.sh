#!/usr/bin/env bash
# Microsoft.ML.OnnxConverter 0.23.1 (Microsoft.ML 5.0.1, run with ONNX Runtime 1.31.1): TF-IDF of words and pairs of words as ONNX.
# Guess: an export either fails or computes what the pipeline does, to a few digits.
# What happens: with lengths 1 and 2 in one bag (ProduceWordBags, ProduceNgrams) the idf weights land on other n-grams. The exported
#   node lists single words first and pairs after them, but its weights stay in the order of the columns, where the two alternate.
#   Counts without idf, words alone and pairs alone come out right.
# Why it matters: nothing warns, and the vectors look plausible, with values of the right size. Here "valve", which one passage has,
#   takes over the weight of "is", which all have, and that passage falls from the first place to a score of 0. A baseline or a
#   first stage that was measured in .NET is another one after its export.
set -euo pipefail
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export NUGET_PACKAGES="$folder/packages"
cat > try.csproj << 'EOF'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Microsoft.ML" Version="[5.0.1]" />
    <PackageReference Include="Microsoft.ML.OnnxConverter" Version="[0.23.1]" />
    <PackageReference Include="Microsoft.ML.OnnxRuntime" Version="[1.31.1]" />
  </ItemGroup>
</Project>
EOF
cat > Program.cs << 'EOF'
using System.Numerics.Tensors;
using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using static Microsoft.ML.Transforms.Text.NgramExtractingEstimator;

foreach (var assembly in new[] { typeof(MLContext).Assembly, typeof(OnnxExportExtensions).Assembly })
    Console.WriteLine($"{assembly.GetName().Name} {assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]}");
Console.WriteLine($"ONNX Runtime {OrtEnv.Instance().GetVersionString()}");
string[] passages = ["the pump is loud", "the valve is loud", "the pump is old", "the filter is old"];
const string Query = "old valve";
var ml = new MLContext();

(float[][] Pipeline, float[][] Exported) Vectors(int length, WeightingCriteria weighting, bool shorter = true)
{
    var texts = ml.Data.LoadFromEnumerable(passages.Append(Query).Select(text => new Row { Text = text }));
    var train = ml.Data.TakeRows(texts, passages.Length);
    var model = ml.Transforms.Text.ProduceWordBags("Vector", "Text", length, useAllLengths: shorter, weighting: weighting).Fit(train);
    using var file = new MemoryStream();
    ml.Model.ConvertToOnnx(model, train, file);
    using var session = new InferenceSession(file.ToArray());
    float[] Run(string text)
    {
        using var results = session.Run([NamedOnnxValue.CreateFromTensor("Text", new DenseTensor<string>(new[] { text }, [1, 1]))], ["Vector.output"]);
        return [.. results[0].AsTensor<float>()];
    }
    return ([.. model.Transform(texts).GetColumn<float[]>("Vector")], [.. passages.Append(Query).Select(Run)]);
}

bool Same(float[][] a, float[][] b) => a.Zip(b).All(rows => rows.First.Zip(rows.Second).All(pair => Math.Abs(pair.First - pair.Second) < 1e-4));

string[] Rank(string name, float[][] vectors)
{
    var scored = passages.Select((passage, at) => (passage, score: Cosine(vectors[at], vectors[^1]))).OrderByDescending(item => item.score).ToArray();
    Console.WriteLine($"{name}, cosine to \"{Query}\": {string.Join(", ", scored.Select(item => $"{item.passage} {item.score:F3}"))}");
    return [.. scored.Select(item => item.passage)];
}

float Cosine(float[] a, float[] b) => TensorPrimitives.CosineSimilarity(a, b);

var (pipeline, exported) = Vectors(2, WeightingCriteria.TfIdf);
Console.WriteLine($"\"{passages[1]}\" in the pipeline: {string.Join(' ', pipeline[1].Select(value => $"{value:F2}"))}");
Console.WriteLine($"\"{passages[1]}\" exported:        {string.Join(' ', exported[1].Select(value => $"{value:F2}"))}");
var before = Rank("pipeline", pipeline);
Rank("exported", exported);

bool Agrees(int length, WeightingCriteria weighting, bool shorter = true) => Vectors(length, weighting, shorter) is var (a, b) && Same(a, b);
Expect("words and pairs: other weights after the export", !Same(pipeline, exported));
Expect("the only passage with \"valve\" falls from the first place to a score of 0", before[0] == passages[1] && Cosine(exported[1], exported[^1]) == 0);
Expect("words and pairs without idf are the same", Agrees(2, WeightingCriteria.Tf));
Expect("so are words alone and pairs alone with it", Agrees(1, WeightingCriteria.TfIdf) && Agrees(2, WeightingCriteria.TfIdf, shorter: false));

void Expect(string what, bool seen)
{
    Console.WriteLine($"{(seen ? "as described" : "CHANGED")}: {what}");
    if (!seen)
        Environment.ExitCode = 1;
}

internal sealed class Row
{
    public string Text { get; set; } = "";
}
EOF
dotnet run -c Release
