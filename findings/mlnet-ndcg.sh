#!/usr/bin/env bash
# Microsoft.ML 5.0.1: Ranking.Evaluate takes neighbouring rows for a query, not rows with the same key, and has its own gains.
# Guess: rows are grouped by the value of rowGroupColumnName, so their order means nothing; gains are 2^label - 1, as in
#   LightGBM and in exponential NDCG elsewhere.
# What happens: a query ends where the key changes. The same rows in another order give another NDCG, without a warning; split
#   into runs of one row, a query counts as perfect or as 0. Label 1 gains 3 and label 2 gains 7 (2^(label+1) - 1, but 0 for 0).
# Why it matters: predictions come back shuffled, or sorted by score, as often as by query. The figure then measures something
#   else, and even in order it is not comparable with another tool's as soon as labels are graded.
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
  </ItemGroup>
</Project>
EOF
cat > Program.cs << 'EOF'
using System.Reflection;
using Microsoft.ML;

var version = typeof(MLContext).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
Console.WriteLine($"Microsoft.ML {version.Split('+')[0]}");
var context = new MLContext();
IReadOnlyList<double> Ndcg(params Row[] rows)
{
    var view = context.Data.LoadFromEnumerable(rows);
    view = context.Transforms.Conversion.MapValueToKey("Key", "Query").Fit(view).Transform(view);
    var metrics = context.Ranking.Evaluate(view, "Label", "Key", "Score");
    return metrics.NormalizedDiscountedCumulativeGains;
}

Row[] rows =
[
    new("a", 1, 0.9f), new("a", 0, 0.8f), new("a", 2, 0.7f),
    new("b", 0, 0.9f), new("b", 1, 0.5f), new("b", 0, 0.1f),
];
Row[] byScore = [.. rows.OrderByDescending(row => row.Score)];
var ordered = Ndcg(rows)[2];
var sorted = Ndcg(byScore)[2];
var dealt = Ndcg(rows[0], rows[3], rows[1], rows[4], rows[2], rows[5])[2];
Console.WriteLine($"NDCG@3, rows of a query together: {ordered:0.0000}; sorted by score: {sorted:0.0000}; queries in turn: {dealt:0.0000}");

var graded = Ndcg(new("a", 1, 0.9f), new("a", 2, 0.7f))[0];
Console.WriteLine($"NDCG@1 with label 1 before label 2: {graded:0.0000} (2^label - 1 gives 0.3333, the label itself 0.5)");

Expect("the same rows in three orders have three values", Math.Abs(ordered - sorted) > 0.01 && Math.Abs(ordered - dealt) > 0.1);
Expect("gains are 3 and 7", Math.Abs(graded - 3 / 7.0) < 1e-6);

void Expect(string what, bool seen)
{
    Console.WriteLine($"{(seen ? "as described" : "CHANGED")}: {what}");
    if (!seen)
        Environment.ExitCode = 1;
}

record Row(string Query, float Label, float Score);
EOF
dotnet run -c Release
