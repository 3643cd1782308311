#!/usr/bin/env bash
# Microsoft.ML 5.0.1: which n-grams stay when there are more than maximumNgramsCount.
# Guess: the most frequent ones, or those that the chosen weighting ranks highest: the parameter's description says that with a
#   limit "this measure is used to determine which n-grams to keep".
# What happens: those met first stay, whatever the weighting. With a limit of two, the first text's two words are the dictionary; the
#   word that stands in every other text is not in it, and these texts become vectors of zeros. Turn the rows round and the
#   dictionary is another. ProduceWordBags and FeaturizeText take their words in the same way. Nothing is logged.
# Why it matters: a limit is set to bound a TF-IDF first stage or the features of a ranker. It does not cut the long tail: it cuts
#   whatever comes late in the file, so a table sorted by date, source or label loses the words of its last part altogether.
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
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Text;
using static Microsoft.ML.Transforms.Text.NgramExtractingEstimator;

var version = typeof(MLContext).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
Console.WriteLine($"Microsoft.ML {version.Split('+')[0]}");
var context = new MLContext(seed: 1);
var warnings = 0;
context.Log += (_, e) => warnings += e.Kind is Microsoft.ML.Runtime.ChannelMessageKind.Warning ? 1 : 0;
string[] rows = ["heron egret", "fox den", "fox trail", "fox cub", "fox trap", "fox hill"];
string[] reversed = [.. rows.Reverse()];

var text = context.Transforms.Text;
IEstimator<ITransformer> Ngrams(int limit, WeightingCriteria weighting) => text.TokenizeIntoWords("words", "Text")
    .Append(context.Transforms.Conversion.MapValueToKey("keys", "words"))
    .Append(text.ProduceNgrams("features", "keys", ngramLength: 1, maximumNgramsCount: limit, weighting: weighting));
var bags = text.ProduceWordBags("features", "Text", ngramLength: 1, maximumNgramsCount: 2);
var featurize = text.FeaturizeText("features", new TextFeaturizingEstimator.Options
{
    CharFeatureExtractor = null,
    WordFeatureExtractor = new() { NgramLength = 1, MaximumNgramsCount = [2] },
}, "Text");

var all = Fit("no limit", Ngrams(100, WeightingCriteria.Tf), rows);
foreach (var weighting in Enum.GetValues<WeightingCriteria>())
{
    var forth = Fit($"ProduceNgrams, limit 2, {weighting}", Ngrams(2, weighting), rows);
    var back = Fit("the same, rows turned round", Ngrams(2, weighting), reversed);
    Expect($"{weighting}: the two words of the first row stay", forth.Words == "heron egret" && back.Words == "fox hill");
    Expect($"{weighting}: five texts are empty one way, one is the other way", forth.Empty == 5 && back.Empty == 1);
}
Expect("without a limit no text is empty", all.Empty == 0);
Expect("ProduceWordBags does the same", Fit("ProduceWordBags, limit 2", bags, rows) is ("heron egret", 5));
Expect("FeaturizeText does the same", Fit("FeaturizeText, limit 2", featurize, rows).Empty == 5);
Expect("no warning is given", warnings == 0);

(string Words, int Empty) Fit(string name, IEstimator<ITransformer> estimator, string[] texts)
{
    var data = context.Data.LoadFromEnumerable(texts.Select(text => new Row { Text = text }));
    var output = estimator.Fit(data).Transform(data);
    VBuffer<ReadOnlyMemory<char>> names = default;
    output.Schema["features"].GetSlotNames(ref names);
    var words = string.Join(' ', names.DenseValues());
    var empty = output.GetColumn<float[]>("features").Count(vector => vector.All(value => value == 0));
    Console.WriteLine($"{name}: {words}; vectors of zeros: {empty} of {texts.Length}");
    return (words, empty);
}

void Expect(string what, bool seen)
{
    Console.WriteLine($"{(seen ? "as described" : "CHANGED")}: {what}");
    if (!seen)
        Environment.ExitCode = 1;
}

class Row
{
    public string Text { get; set; } = "";
}
EOF
dotnet run -c Release
