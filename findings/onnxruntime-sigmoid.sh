#!/usr/bin/env bash
# Microsoft.ML.OnnxRuntime 1.31.1: a Sigmoid at the end of a model changes the order of low scores (float32, CPU, x64).
# Guess: the sigmoid grows with its input, so it may round but never turns two scores round, and float32, which goes down to
#   1e-38, tells -20 from -30.
# What happens: low scores are multiples of 3e-8, off by a few of them. Between -18 and -12 more than half of the steps of 0.01 end
#   in a tie or go down instead of up; the logit -17 scores 8.9e-8 and -16, which should have more, 6e-8; from -18 on all is 0. The
#   other head for the same probability, a Softmax of 0 and the logit, keeps every step.
# Why it matters: a confident re-ranker's clear negatives lie there. With the activation in the exported model the tail of the list
#   is in the order of rounding noise, or tied at 0: which of two bad candidates is kept or mined as a negative, a distilled margin,
#   a log-loss (infinite at a confident miss) all come out of that. The logits cannot be had back from such scores.
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
    <PackageReference Include="Microsoft.ML.OnnxRuntime" Version="[1.31.1]" />
  </ItemGroup>
</Project>
EOF
cat > Program.cs << 'EOF'
using System.Text;
using Microsoft.ML.OnnxRuntime;

Console.WriteLine($"ONNX Runtime {OrtEnv.Instance().GetVersionString()}");
float[] logits = [.. Enumerable.Range(-3000, 3001).Select(hundredth => hundredth / 100f)];
var sigmoid = Run("Sigmoid", logits, 1);
var softmax = Run("Softmax", [.. logits.SelectMany(logit => new[] { 0, logit })], 2).Where((_, at) => at % 2 == 1).ToArray();

foreach (var logit in new[] { -9f, -12, -15, -16, -17, -18, -20, -30 })
    Console.WriteLine($"{logit}: Sigmoid {At(sigmoid, logit):G3}, Softmax {At(softmax, logit):G3}, 1 / (1 + exp(-x)) {1 / (1 + Math.Exp(-logit)):G3}");
var steps = Enumerable.Range(0, logits.Length - 1).Where(at => logits[at] is > -18 and < -12).ToArray();
var (tied, turned) = (steps.Count(at => sigmoid[at] == sigmoid[at + 1]), steps.Count(at => sigmoid[at] > sigmoid[at + 1]));
Console.WriteLine($"of {steps.Length} steps of 0.01 from -18 to -12, {tied} are tied and {turned} turned round");
var (low, high) = (0, 0);
for (var (best, at) = (0, 0); at < logits.Length; at++)
    if (sigmoid[at] > sigmoid[best])
        best = at;
    else if (sigmoid[at] < sigmoid[best] && at - best > high - low)
        (low, high) = (best, at);
Console.WriteLine($"furthest apart: {logits[low]} scores {sigmoid[low]:G3}, {logits[high]} scores {sigmoid[high]:G3}");

Expect("from -18 on the score is 0", logits.Where(logit => logit <= -18).All(logit => At(sigmoid, logit) == 0));
Expect("below -12 more than half of the steps are tied or turned round", tied + turned > steps.Length / 2 && turned > steps.Length / 10);
Expect("of two logits more than half a unit apart the lower one scores higher", logits[high] - logits[low] > 0.5);
Expect("the Softmax of 0 and the logit always grows below 0", Enumerable.Range(0, 2900).All(at => softmax[at] < softmax[at + 1]));

float At(float[] scores, float logit) => scores[Array.IndexOf(logits, logit)];

float[] Run(string type, float[] values, int width)
{
    using var session = new InferenceSession(Model(type));
    using var x = OrtValue.CreateTensorValueFromMemory(values, [values.Length / width, width]);
    using var run = new RunOptions();
    using var results = session.Run(run, new Dictionary<string, OrtValue> { ["x"] = x }, ["y"]);
    return results[0].GetTensorDataAsSpan<float>().ToArray();
}

// an ONNX file by hand: y = type(x), both float32 (type 1) of any shape
byte[] Model(string type) =>
    [.. Number(1, 8), .. Block(8, Number(2, 17)), .. Block(7, [
        .. Block(1, [.. Text(1, "x"), .. Text(2, "y"), .. Text(4, type)]), .. Text(2, "graph"), .. Value(11, "x"), .. Value(12, "y")])];
byte[] Value(int field, string name) => Block(field, [.. Text(1, name), .. Block(2, Block(1, Number(1, 1)))]);
byte[] Text(int field, string text) => Block(field, Encoding.UTF8.GetBytes(text));
byte[] Number(int field, byte value) => [(byte)(field << 3), value];
byte[] Block(int field, byte[] content) => [(byte)(field << 3 | 2), (byte)content.Length, .. content];

void Expect(string what, bool seen)
{
    Console.WriteLine($"{(seen ? "as described" : "CHANGED")}: {what}");
    if (!seen)
        Environment.ExitCode = 1;
}
EOF
dotnet run -c Release
