#!/usr/bin/env bash
# System.Numerics.Tensors 11.0.0: half-precision embeddings are compared in float by one function and in Half by its neighbour.
# Guess: CosineSimilarity, Dot and Norm of Half all accumulate in float and round once; for vectors of length 1, Dot is the
#   cheaper cosine. SoftMax takes the maximum off first, as every framework's does.
# What happens: only CosineSimilarity widens. Dot and Norm round after each addition: a unit vector of 768 equal parts has a dot
#   product of 1.03 with itself, and 4096 ones sum to 2048. SoftMax does not take the maximum off: the ordinary re-ranker logits
#   12, 11 and 0 give NaN in Half (above 11.09), and 100 and 99 give NaN in float.
# Why it matters: normalizing embeddings and then using Dot is the textbook way to search; stored as Half, it returns other
#   passages than the cosine does. Turning logits into a distribution (for a loss, or to fuse scores) fails without an error.
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
    <PackageReference Include="System.Numerics.Tensors" Version="[11.0.0]" />
  </ItemGroup>
</Project>
EOF
cat > Program.cs << 'EOF'
using System.Numerics.Tensors;

Console.WriteLine($"System.Numerics.Tensors {typeof(TensorPrimitives).Assembly.GetName().Version}");
var flat = Enumerable.Repeat((Half)0.0361f, 768).ToArray();
var ones = Enumerable.Repeat((Half)1, 4096).ToArray();
var cosine = TensorPrimitives.CosineSimilarity<Half>(flat, flat);
var itself = TensorPrimitives.Dot<Half>(flat, flat);
Console.WriteLine($"unit vector with itself: cosine {cosine}, dot {itself}");
Console.WriteLine($"4096 ones: sum {TensorPrimitives.Sum<Half>(ones)}, norm {TensorPrimitives.Norm<Half>(ones)} (true: 4096 and 64)");

// 2000 passages in a cone, as bi-encoders place them: the narrower, the closer the cosines
var random = new Random(7);
float[] Draw(float spread) => [.. Enumerable.Range(0, 768).Select(_ => spread * (float)(random.NextDouble() - 0.5))];
Half[] Unit(float[] raw) => [.. raw.Select(value => (Half)(value / TensorPrimitives.Norm<float>(raw)))];
var lost = 0;
foreach (var spread in new[] { 1f, 0.5f })
{
    var middle = Draw(1).Select(value => value + 0.5f).ToArray();
    Half[] Near() => Unit([.. middle.Zip(Draw(spread), (a, b) => a + b)]);
    var query = Near();
    var passages = Enumerable.Range(0, 2000).Select(_ => Near()).ToArray();
    double Exact(Half[] passage) => passage.Zip(query, (a, b) => (double)a * (double)b).Sum();
    IEnumerable<Half[]> Best(Func<Half[], double> score) => passages.OrderByDescending(score).Take(10);
    var once = Best(Exact).Intersect(Best(passage => (double)(Half)Exact(passage))).Count();
    var dot = Best(Exact).Intersect(Best(passage => (double)TensorPrimitives.Dot<Half>(query, passage))).Count();
    lost += once - dot;
    var median = passages.Select(Exact).Order().ElementAt(1000);
    Console.WriteLine($"median cosine {median:0.00}: of the true top 10, Dot finds {dot}, rounding once {once}");
}

Half[] logits = [(Half)12, (Half)11, (Half)0];
var half = new Half[3];
var single = new float[2];
TensorPrimitives.SoftMax<Half>(logits, half);
TensorPrimitives.SoftMax([100f, 99f], single);
Console.WriteLine($"SoftMax of 12, 11, 0 in Half: {string.Join(", ", half)}; of 100, 99 in float: {string.Join(", ", single)}");

Expect("the cosine is 1, the dot product more than 1.02", cosine == (Half)1 && itself > (Half)1.02f);
Expect("ones stop adding up at 2048", TensorPrimitives.Sum<Half>(ones) == (Half)2048);
Expect("of two top tens Dot loses at least 4 more than one rounding does", lost >= 4);
Expect("SoftMax gives NaN", Half.IsNaN(half[0]) && float.IsNaN(single[0]));

void Expect(string what, bool seen)
{
    Console.WriteLine($"{(seen ? "as described" : "CHANGED")}: {what}");
    if (!seen)
        Environment.ExitCode = 1;
}
EOF
dotnet run -c Release
