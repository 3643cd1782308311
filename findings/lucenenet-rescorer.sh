#!/usr/bin/env bash
# Lucene.Net 4.8.0-beta00018: what QueryRescorer does to the first pass that it is given.
# Guess: it returns a list of its own, and the one from the first pass stays as it was, to be compared, fused or rescored again.
# What happens: the hits of both lists are the same objects, so all hits of the first pass, those beyond topN too, hold the new scores;
#   their order and MaxScore are the old ones. Rescored once more, the weights add up: 0.5 and then 1 is 1.5, and a weight of 0
#   gives the last result, not the first pass. SortRescorer leaves the list alone. The documentation says nothing of it.
# Why it matters: a weight is tuned by rescoring one first pass with several, and each is measured on top of all before it: the figures
#   depend on the order of the sweep. A fusion by score of the first pass and the second counts the second twice.
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
    <PackageReference Include="Lucene.Net" Version="[4.8.0-beta00018]" />
    <PackageReference Include="Lucene.Net.Analysis.Common" Version="[4.8.0-beta00018]" />
  </ItemGroup>
</Project>
EOF
cat > Program.cs << 'EOF'
using System.Reflection;
using Lucene.Net.Analysis.Core;
using Lucene.Net.Documents;
using Lucene.Net.Index;
using Lucene.Net.Search;
using Lucene.Net.Store;
using static Lucene.Net.Util.LuceneVersion;

var version = typeof(IndexSearcher).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
Console.WriteLine($"Lucene.Net {version.Split(' ')[0]}");
using var directory = new RAMDirectory();
using (var writer = new IndexWriter(directory, new IndexWriterConfig(LUCENE_48, new WhitespaceAnalyzer(LUCENE_48))))
    foreach (var text in (string[])["fox fox fox fox", "fox fox fox den", "fox fox at night", "fox came by night", "owl of the night"])
        writer.AddDocument(new Document { new TextField("text", text, Field.Store.NO) });
using var reader = DirectoryReader.Open(directory);
var searcher = new IndexSearcher(reader);
Query first = new TermQuery(new Term("text", "fox")), second = new TermQuery(new Term("text", "night"));

var kept = searcher.Search(first, 10);
var before = Show("first pass", kept);
var half = Show("rescored with weight 0.5, the best two", QueryRescorer.Rescore(searcher, kept, second, 0.5, 2));
var after = Show("first pass, looked at again", kept);
var maximum = kept.MaxScore;
var swept = Show("the same list rescored with weight 1", QueryRescorer.Rescore(searcher, kept, second, 1, 4));
var baseline = Show("the same list rescored with weight 0", QueryRescorer.Rescore(searcher, kept, second, 0, 4));
var fresh = Show("weight 1 over a new first pass", QueryRescorer.Rescore(searcher, searcher.Search(first, 10), second, 1, 4));
var summed = Show("weight 1.5 over a new first pass", QueryRescorer.Rescore(searcher, searcher.Search(first, 10), second, 1.5, 4));
var zero = Show("weight 0 over a new first pass", QueryRescorer.Rescore(searcher, searcher.Search(first, 10), second, 0, 4));
var sorted = searcher.Search(first, 10);
new SortRescorer(new Sort(new SortField(null, SortFieldType.DOC, true))).Rescore(searcher, sorted, 4);
var untouched = Show("first pass after a SortRescorer", sorted);

Expect("the first pass keeps its order", Ids(before) == "0 1 2 3" && Ids(after) == Ids(before));
Expect("its scores are the second pass's, and no longer descend", after[2].Score == half[0].Score && after[2].Score > after[0].Score);
Expect("MaxScore is the old one", maximum == before[0].Score && maximum < half[0].Score);
Expect("a hit that did not come back has changed, too", half.All(hit => hit.Id != 3) && after[3].Score > before[3].Score);
Expect("weights of 0.5 and then 1 are 1.5", Same(swept, summed) && !Same(swept, fresh));
Expect("a weight of 0 is no baseline any more", Same(baseline, swept) && Same(zero, before));
Expect("SortRescorer leaves the first pass alone", Same(untouched, before));

(int Id, float Score)[] Show(string name, TopDocs list)
{
    Console.WriteLine($"{name}: {string.Join("  ", list.ScoreDocs.Select(hit => $"{hit.Doc} ({hit.Score:0.000})"))}");
    return [.. list.ScoreDocs.Select(hit => (hit.Doc, hit.Score))];
}

string Ids((int Id, float Score)[] list) => string.Join(' ', list.Select(hit => hit.Id));
bool Same((int Id, float Score)[] a, (int Id, float Score)[] b)
    => Ids(a) == Ids(b) && a.Zip(b).All(pair => Math.Abs(pair.First.Score - pair.Second.Score) < 1e-5);

void Expect(string what, bool seen)
{
    Console.WriteLine($"{(seen ? "as described" : "CHANGED")}: {what}");
    if (!seen)
        Environment.ExitCode = 1;
}
EOF
dotnet run -c Release
