#!/usr/bin/env bash
# Lucene.Net 4.8.0-beta00017: FuzzyQuery and the word as it was typed.
# Guess: a passage with the word itself comes first; misspellings follow, as each edit lowers a term's boost.
# What happens: the boost of a misspelling (0.75 for one letter of four) is multiplied with its idf, and misspellings are rare. The one
#   passage with "pumq" leads all 25 with "pump", by more than twice their score. The rarer the mistake, the higher it stands. The
#   rewrite that scores by boosts alone puts the word first. (Later Lucene in Java blends the variants' frequencies by default.)
# Why it matters: a first stage that forgives typing errors hands the re-ranker the errors of the corpus first, and with few
#   candidates nothing else.
set -euo pipefail
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export NUGET_PACKAGES="$folder/packages"
cat > try.csproj << 'END'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Lucene.Net.Analysis.Common" Version="[4.8.0-beta00017]" />
  </ItemGroup>
</Project>
END
cat > Program.cs << 'END'
using Lucene.Net.Analysis.Core;
using Lucene.Net.Documents;
using Lucene.Net.Index;
using Lucene.Net.Search;
using Lucene.Net.Search.Similarities;
using Lucene.Net.Store;
using Lucene.Net.Util;

Console.WriteLine($"Lucene.Net {typeof(IndexWriter).Assembly.GetName().Version}");
const LuceneVersion Version = LuceneVersion.LUCENE_48;
using var directory = new RAMDirectory();
using (var writer = new IndexWriter(directory, new(Version, new WhitespaceAnalyzer(Version)) { Similarity = new BM25Similarity() }))
    for (var i = 0; i < 100; i++)
    {
        var text = i == 77 ? "close the pumq valve" : i % 4 == 0 ? "close the pump valve" : $"another passage number {i}";
        writer.AddDocument([new TextField("text", text, Field.Store.YES)]);
    }

using var reader = DirectoryReader.Open(directory);
foreach (var similarity in (Similarity[])[new BM25Similarity(), new DefaultSimilarity()])
{
    var searcher = new IndexSearcher(reader) { Similarity = similarity };
    var (word, fuzzy) = (new Term("text", "pump"), new FuzzyQuery(new("text", "pump"), maxEdits: 1));
    var typed = First("the word", new TermQuery(word));
    var forgiving = First("fuzzy", fuzzy);
    var byBoost = First("fuzzy by boosts alone", new FuzzyQuery(word, 1) { MultiTermRewriteMethod = Boosts() });
    Expect("a search for the word finds it", typed.Text.Contains("pump"));
    Expect("a fuzzy one has the misspelling on top", forgiving.Text.Contains("pumq") && forgiving.Score > 2 * forgiving.Next);
    Expect("scored by boosts the word is on top", byBoost.Text.Contains("pump"));

    (string Text, float Score, float Next) First(string name, Query query)
    {
        var hits = searcher.Search(query, 2).ScoreDocs;
        var text = searcher.Doc(hits[0].Doc).Get("text");
        var next = searcher.Doc(hits[1].Doc).Get("text");
        Console.WriteLine($"{similarity.GetType().Name}, {name}: {text} ({hits[0].Score:0.000}), then {next} ({hits[1].Score:0.000})");
        return (text, hits[0].Score, hits[1].Score);
    }
}

static MultiTermQuery.RewriteMethod Boosts() => new MultiTermQuery.TopTermsBoostOnlyBooleanQueryRewrite(50);

void Expect(string what, bool seen)
{
    Console.WriteLine($"{(seen ? "as described" : "CHANGED")}: {what}");
    if (!seen)
        Environment.ExitCode = 1;
}
END
dotnet run -c Release
