#!/usr/bin/env bash
# Cloud.Unum.USearch 2.26.6: searches from more threads than the machine has cores.
# Guess: an index is safe to search concurrently, so more threads than cores only wait for each other.
# What happens: an index has as many contexts as there are cores when it is made or opened. A search that finds none free throws
#   "Reserve capacity ahead of searches!" at once; with four threads a core most searches do. The binding for .NET has no
#   call that reserves more, and its public surface says nothing of a limit. Nothing that is found is wrong, and alone it works again.
# Why it matters: a web service on two cores answers on dozens of threads. Tests with one or two clients pass; under load requests
#   fail with a message about capacity, which sounds like an index that is full. Take a semaphore of as many places as cores.
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
    <Nullable>enable</Nullable>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Cloud.Unum.USearch" Version="[2.26.6]" />
  </ItemGroup>
</Project>
EOF
cat > Program.cs << 'EOF'
using Cloud.Unum.USearch;

Console.WriteLine($"Cloud.Unum.USearch {typeof(USearchIndex).Assembly.GetName().Version}, {Environment.ProcessorCount} cores");
var random = new Random(1);
float[] Vector() => [.. Enumerable.Range(0, 64).Select(_ => random.NextSingle() - 0.5f)];
using var index = new USearchIndex(MetricKind.Cos, ScalarKind.Float32, 64, 16, 64, 64);
for (var i = 0; i < 20_000; i++)
    index.Add((ulong)i, Vector());
float[][] queries = [.. Enumerable.Range(0, 2000).Select(_ => Vector())];
string Search(int query)
{
    index.Search(queries[query], 10, out var keys, out _);
    return string.Join(' ', keys);
}

string[] alone = [.. Enumerable.Range(0, queries.Length).Select(Search)];
(int Failed, int Other, string Message) From(int count, SemaphoreSlim? places = null)
{
    var (failed, other, message) = (0, 0, "");
    Thread[] threads =
    [
        .. Enumerable.Range(0, count).Select(first => new Thread(() =>
        {
            for (var i = first; i < 3 * queries.Length; i += count)
            {
                places?.Wait();
                try
                {
                    if (Search(i % queries.Length) != alone[i % queries.Length])
                        Interlocked.Increment(ref other);
                }
                catch (Exception error)
                {
                    message = error.Message;
                    Interlocked.Increment(ref failed);
                }

                places?.Release();
            }
        })),
    ];
    Array.ForEach(threads, thread => thread.Start());
    Array.ForEach(threads, thread => thread.Join());
    Console.WriteLine($"{count} threads{(places is null ? "" : " and a semaphore")}: {failed} of {3 * queries.Length} failed, {other} found others {message}");
    return (failed, other, message);
}

var cores = Environment.ProcessorCount;
Expect("as many threads as cores search well", From(cores) == (0, 0, ""));
var many = From(4 * cores);
Expect("of more, searches fail", many.Failed > 0 && many.Message.Contains("Reserve capacity ahead of searches"));
Expect("those that do not fail find the same", many.Other == 0);
Expect("alone it works again", From(1) == (0, 0, ""));
Expect("a semaphore helps", From(4 * cores, new(cores)) == (0, 0, ""));

void Expect(string what, bool seen)
{
    Console.WriteLine($"{(seen ? "as described" : "CHANGED")}: {what}");
    if (!seen)
        Environment.ExitCode = 1;
}
EOF
dotnet run -c Release
