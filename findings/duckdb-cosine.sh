#!/usr/bin/env bash
# DuckDB 1.5.6 (DuckDB.NET 1.5.6.1), System.Numerics.Tensors 11.0.0 and USearch 2.26.6: the cosine of a vector of zeros.
# Guess: 0 / 0 is NaN in all of them (or NULL in SQL); what has no direction is then sorted to one end everywhere.
# What happens: DuckDB answers -1, "exactly opposite", and a distance of 2. USearch answers a similarity of 0, TensorPrimitives
#   NaN. DuckDB also calls a FLOAT vector of large values the opposite of itself (-1, where its DOUBLE lists say 1), since the
#   NaN of inf / inf is clamped into [-1, 1] like a rounding error.
# Why it matters: empty passages embed to zeros. One library ranks them last and tied with true opposites, one in the middle,
#   before everything that disagrees, one wherever NaN sorts; hard negatives mined at a threshold differ, and no check for NaN
#   or NULL finds the broken rows in DuckDB.
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
    <PackageReference Include="DuckDB.NET.Data.Full" Version="[1.5.6.1]" />
    <PackageReference Include="System.Numerics.Tensors" Version="[11.0.0]" />
    <PackageReference Include="Cloud.Unum.USearch" Version="[2.26.6]" />
  </ItemGroup>
</Project>
EOF
cat > Program.cs << 'EOF'
using System.Numerics.Tensors;
using Cloud.Unum.USearch;
using DuckDB.NET.Data;

using var connection = new DuckDBConnection("DataSource=:memory:");
connection.Open();
T Ask<T>(string sql)
{
    using var command = connection.CreateCommand();
    command.CommandText = "SELECT " + sql;
    return (T)command.ExecuteScalar()!;
}
Console.WriteLine($"DuckDB {Ask<string>("version()")}");

var duck = Ask<float>("array_cosine_similarity([0, 0]::FLOAT[2], [1, 0]::FLOAT[2])");
var distance = Ask<float>("array_cosine_distance([0, 0]::FLOAT[2], [1, 0]::FLOAT[2])");
var large = Ask<float>("array_cosine_similarity([1e20, 1e20]::FLOAT[2], [1e20, 1e20]::FLOAT[2])");
var largeDouble = Ask<double>("list_cosine_similarity([1e20, 1e20]::DOUBLE[], [1e20, 1e20]::DOUBLE[])");
var tensors = TensorPrimitives.CosineSimilarity([0f, 0f], [1f, 0f]);
using var index = new USearchIndex(MetricKind.Cos, ScalarKind.Float32, 2);
index.Add(0, [0f, 0f]);
index.Add(1, [-1f, 0f]);
index.Search([1f, 0f], 2, out var keys, out var distances);
Console.WriteLine($"zeros against (1, 0): DuckDB {duck} (distance {distance}), USearch {1 - distances[0]}, TensorPrimitives {tensors}");
Console.WriteLine($"(1e20, 1e20) with itself in DuckDB: FLOAT array {large}, DOUBLE list {largeDouble}");

Expect("DuckDB calls zeros the opposite of any vector", duck == -1 && distance == 2);
Expect("USearch ranks zeros before the opposite, with similarity 0", keys[0] == 0 && distances[0] == 1 && distances[1] == 2);
Expect("TensorPrimitives says NaN", float.IsNaN(tensors));
Expect("in DuckDB a large FLOAT vector is its own opposite", large == -1 && Math.Abs(largeDouble - 1) < 1e-6);

void Expect(string what, bool seen)
{
    Console.WriteLine($"{(seen ? "as described" : "CHANGED")}: {what}");
    if (!seen)
        Environment.ExitCode = 1;
}
EOF
dotnet run -c Release
