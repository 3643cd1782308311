#!/usr/bin/env bash
# AllMiniLmL6V2Sharp 0.0.3 (NuGet), beside Microsoft.ML.Tokenizers 3.0.0: its BertTokenizer drops every digit 0.
# Guess: digits are tokens like letters, so "10 mg" and "1 mg" are different inputs, and both tokenizers give the same ids.
# What happens: a step that should drop the character U+0000 asks for the digit value of each character instead. That is 0 for the digit
#   0, so each one is gone before the text is cut into words: 10, 100 and 1 are one text, 2020 is 22, and 0.05 is 0.5.
# Why it matters: the embedder of this package feeds the model with it. A passage on 100 mg has the very vector of one on 1 mg, whatever
#   the model; no search, threshold or re-ranking by these vectors can tell them apart, and all other text looks right.
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
    <NoWarn>NU1603</NoWarn>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="AllMiniLmL6V2Sharp" Version="[0.0.3]" />
    <PackageReference Include="Microsoft.ML.Tokenizers" Version="[3.0.0]" />
  </ItemGroup>
</Project>
EOF
cat > Program.cs << 'EOF'
using System.Reflection;

string[] vocabulary =
[
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "take", "mg", "in", ".", "0", "1", "2", "5", "05", "10", "22", "100", "2020",
];
File.WriteAllLines("vocab.txt", vocabulary);
var zeros = new AllMiniLmL6V2Sharp.Tokenizer.BertTokenizer("vocab.txt");
var other = Microsoft.ML.Tokenizers.BertTokenizer.Create("vocab.txt");
foreach (var type in (Type[])[zeros.GetType(), other.GetType()])
    Console.WriteLine($"{type.Assembly.GetName().Name} {type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]}");

string First(string text) => string.Join(' ', zeros.Tokenize(text).Select(token => vocabulary[token.VocabularyIndex]));
string Second(string text) => string.Join(' ', other.EncodeToIds(text).Select(id => vocabulary[id]));
string[] texts = ["take 1 mg", "take 10 mg", "take 100 mg", "in 22", "in 2020", "take 0.05 mg", "take 0.5 mg", "take 5 mg"];
foreach (var text in texts)
    Console.WriteLine($"{text,-14} {First(text),-36} {Second(text)}");
long[] Inputs(string text) => [.. zeros.Encode(16, text).Select(token => token.InputIds)];

Expect("without a 0 both tokenizers agree", new[] { "take 1 mg", "in 22", "take 5 mg" }.All(text => First(text) == Second(text)));
Expect("10 mg and 100 mg are 1 mg", First(texts[1]) == First(texts[0]) && First(texts[2]) == First(texts[0]));
Expect("so is what the model gets", Inputs(texts[0]).SequenceEqual(Inputs(texts[2])));
Expect("2020 is 22, and 0.05 is 0.5", First(texts[4]) == First(texts[3]) && First(texts[5]) == First(texts[6]));
Expect("Microsoft.ML.Tokenizers keeps all eight texts apart", texts.Select(Second).Distinct().Count() == texts.Length);

void Expect(string what, bool seen)
{
    Console.WriteLine($"{(seen ? "as described" : "CHANGED")}: {what}");
    if (!seen)
        Environment.ExitCode = 1;
}
EOF
dotnet run -c Release
