#!/usr/bin/env bash
# Microsoft.Data.Analysis 0.23.1: the mean of a column depends on who is asked.
# Guess: all means skip empty cells, as Mean() of the column does and as in pandas.
# What happens: GroupBy(...).Mean and Description() skip empty cells in the sum and count them in the divisor. Description even
#   prints "Length (excluding null values) 2" over a mean that was divided by 4.
# Why it matters: a query without a judged passage has no MRR. In a table by test set such a query pulls the mean down as if it
#   were a failure, so the set with more gaps looks worse, while the overall mean beside it is right.
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
    <PackageReference Include="Microsoft.Data.Analysis" Version="[0.23.1]" />
  </ItemGroup>
</Project>
EOF
cat > Program.cs << 'EOF'
using System.Reflection;
using Microsoft.Data.Analysis;

var version = typeof(DataFrame).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
Console.WriteLine($"Microsoft.Data.Analysis {version.Split('+')[0]}");
var table = new DataFrame(
    new StringDataFrameColumn("set", ["en", "en", "zh", "zh"]),
    new DoubleDataFrameColumn("mrr", new double?[] { 1, null, 0.5, null })
);
var groups = table.GroupBy("set").Mean("mrr");
var summary = table.Description();
Console.WriteLine(table);
Console.WriteLine($"Mean() of the column: {table["mrr"].Mean()}\n");
Console.WriteLine(groups);
Console.WriteLine(summary);

var described = summary.Rows.ToDictionary(row => row[0].ToString()!, row => Convert.ToDouble(row[1]));
Expect("the column's own mean skips empty cells: 1.5 / 2", table["mrr"].Mean() == 0.75);
Expect("each group's mean is half of its only value", groups.Rows.Select(row => (double)row[1]).SequenceEqual([0.5, 0.25]));
var length = described.First(row => row.Key.StartsWith("Length")).Value;
Expect("Description counts 2 values and divides by 4", length == 2 && described["Mean"] == 0.375);

void Expect(string what, bool seen)
{
    Console.WriteLine($"{(seen ? "as described" : "CHANGED")}: {what}");
    if (!seen)
        Environment.ExitCode = 1;
}
EOF
dotnet run -c Release
