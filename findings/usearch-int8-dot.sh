#!/usr/bin/env bash
# Cloud.Unum.USearch 2.26.6: an index in 8 bits with the inner product ranks by cosine.
# Guess: 8 bits cost some precision, so the ranking by inner product stays nearly that of the float index.
# What happens: each vector is scaled to the full range of 8 bits by itself and its length is thrown away. The inner product
#   then orders passages as the cosine does, the longest vector (best in float) falls behind, and the scores are in units of
#   127 x 127. Squared distance is hit the same way: a vector three times too long is "nearer" than a close one.
# Why it matters: bi-encoders trained for the dot product say "more relevant" by length. Switching the index from float to 8
#   bits to save memory changes what is searched for; recall measured on normalized vectors does not show it.
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
    <PackageReference Include="Cloud.Unum.USearch" Version="[2.26.6]" />
  </ItemGroup>
</Project>
EOF
cat > Program.cs << 'EOF'
using Cloud.Unum.USearch;

Console.WriteLine($"Cloud.Unum.USearch {typeof(USearchIndex).Assembly.GetName().Version}");
float[][] passages = [[1, 0, 0, 0], [3, 1, 0, 0], [5, 0, 4, 0], [2, 2, 2, 2]];
string Search(ScalarKind kind, MetricKind metric)
{
    using var index = new USearchIndex(metric, kind, 4);
    for (var i = 0; i < passages.Length; i++)
        index.Add((ulong)i, passages[i]);
    index.Search([1f, 0.5f, 0, 0], passages.Length, out var keys, out var distances);
    Console.WriteLine($"{kind} {metric}: {string.Join("  ", keys.Zip(distances, (key, distance) => $"{key} ({distance:0.###})"))}");
    return string.Join(" ", keys);
}

var exact = Search(ScalarKind.Float32, MetricKind.Ip);
var cosine = Search(ScalarKind.Float32, MetricKind.Cos);
var eight = Search(ScalarKind.Int8, MetricKind.Ip);
var near = Search(ScalarKind.Float32, MetricKind.L2sq);
var nearEight = Search(ScalarKind.Int8, MetricKind.L2sq);
Expect("in float the longest vector wins, and the cosine disagrees", exact == "2 1 3 0" && cosine[0] == '1');
Expect("in 8 bits the inner product has the cosine's order", eight == cosine);
Expect("in 8 bits the nearest vector is another one", near[0] == '0' && nearEight[0] == '1');

void Expect(string what, bool seen)
{
    Console.WriteLine($"{(seen ? "as described" : "CHANGED")}: {what}");
    if (!seen)
        Environment.ExitCode = 1;
}
EOF
dotnet run -c Release
