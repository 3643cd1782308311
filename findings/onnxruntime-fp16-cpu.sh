#!/usr/bin/env bash
# Microsoft.ML.OnnxRuntime 1.31.1: a float16 model is not computed in float16 on a CPU (x64), so its overflows stay hidden.
# Guess: every tensor between two nodes has the type that the graph gives it, so 300 * 300 = 90000 is infinite in float16.
# What happens: for (x * x) / x on float16 with x = 300 the answer is 300, even with all optimizations off: the product stays
#   in float32. Declare the product as an output too, and the same run returns infinity for it and still 300 for the quotient:
#   two outputs of one graph contradict each other.
# Why it matters: a float16 export that is checked on a CPU passes, whatever its activations reach; where float16 is computed
#   for real, those are infinite and the scores NaN. Watching intermediate outputs shows what the run did not use.
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
var hidden = Run(GraphOptimizationLevel.ORT_DISABLE_ALL, "quotient");
var optimized = Run(GraphOptimizationLevel.ORT_ENABLE_ALL, "quotient");
var both = Run(GraphOptimizationLevel.ORT_DISABLE_ALL, "quotient", "product");
Expect("the overflow is not seen, with or without optimizations", hidden[0] == 300 && optimized[0] == 300);
Expect("as an output the product is infinite, and the quotient of it is still 300", float.IsInfinity(both[1]) && both[0] == 300);

float[] Run(GraphOptimizationLevel level, params string[] outputs)
{
    using var options = new SessionOptions { GraphOptimizationLevel = level };
    using var session = new InferenceSession(Model(outputs), options);
    using var x = OrtValue.CreateTensorValueFromMemory(new[] { (Float16)300f }, [1]);
    using var run = new RunOptions();
    using var results = session.Run(run, new Dictionary<string, OrtValue> { ["x"] = x }, outputs);
    float[] values = [.. results.Select(result => (float)result.GetTensorDataAsSpan<Float16>()[0])];
    Console.WriteLine($"{level}: {string.Join(", ", outputs.Zip(values, (name, value) => $"{name} = {value}"))}");
    return values;
}

// an ONNX file by hand: product = x * x, quotient = product / x, all float16 (type 10), one value each
byte[] Model(string[] outputs) =>
    [.. Number(1, 8), .. Block(8, Number(2, 17)), .. Block(7, [
        .. Node("Mul", "x", "x", "product"), .. Node("Div", "product", "x", "quotient"), .. Text(2, "graph"),
        .. Value(11, "x"), .. outputs.SelectMany(name => Value(12, name))])];
byte[] Node(string type, string a, string b, string output) =>
    Block(1, [.. Text(1, a), .. Text(1, b), .. Text(2, output), .. Text(4, type)]);
byte[] Value(int field, string name) =>
    Block(field, [.. Text(1, name), .. Block(2, Block(1, [.. Number(1, 10), .. Block(2, Block(1, Number(1, 1)))]))]);
byte[] Text(int field, string text) => Block(field, Encoding.UTF8.GetBytes(text));
byte[] Number(int field, byte value) => [(byte)(field << 3), value];
byte[] Block(int field, byte[] content) =>
    content.Length < 128 ? [(byte)(field << 3 | 2), (byte)content.Length, .. content]
    : [(byte)(field << 3 | 2), (byte)(content.Length & 127 | 128), (byte)(content.Length >> 7), .. content];

void Expect(string what, bool seen)
{
    Console.WriteLine($"{(seen ? "as described" : "CHANGED")}: {what}");
    if (!seen)
        Environment.ExitCode = 1;
}
EOF
dotnet run -c Release
