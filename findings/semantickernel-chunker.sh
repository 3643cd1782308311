#!/usr/bin/env bash
# Microsoft.SemanticKernel.Core 1.82.0: numbers in text that TextChunker cuts into lines, and puts together to chunks.
# Guess: a line ends where a sentence ends, if the sentence fits; a chunk is lines put together, so it reads as the text did. What is
#   cut at a chunk's end is whole in the next one where they overlap.
# What happens: a full stop or a colon can end a line wherever it stands, in a price, a time or a version, too. Lines are put
#   together with a line break or a space, so "12.50 euros" is "12.\n50 euros" or "12. 50 euros" in the middle of a chunk. Of 200 prices
#   in sentences that all fit into a line, 96 or 60 are whole in no chunk (lines of 20 or 40 tokens), with overlap or without. In
#   Markdown the mark of a heading can stay with the list above it: "- two boxes\n\n##", "Returns".
# Why it matters: a search for the price or the version finds no chunk, and a language model reads two other numbers. An overlap, the
#   usual answer to cuts, repeats the broken lines. Issue 3076 (2023, closed) tells of lines that end in a number, and hopes for overlaps.
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
    <NoWarn>SKEXP0050</NoWarn>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Microsoft.SemanticKernel.Core" Version="[1.82.0]" />
  </ItemGroup>
</Project>
END
cat > Program.cs << 'END'
using System.Reflection;
using Microsoft.SemanticKernel.Text;

var version = typeof(TextChunker).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
Console.WriteLine($"Microsoft.SemanticKernel.Core {version.Split('+')[0]}");
string Shown(string text) => $"[{text.Replace("\n", "\\n")}]";

// a token is four characters unless another counter is given: each sentence has less than 20 tokens
string[] prices = [.. Enumerable.Range(0, 200).Select(item => $"{100 + item}.{10 + item % 90}")];
var sentences = prices.Select((price, item) => $"The box number {item} costs {price} euros with all that is in it.").ToArray();
var text = string.Join(" ", sentences);
Console.WriteLine($"longest sentence: {sentences.Max(sentence => sentence.Length)} characters; {Shown(sentences[0])}");

(int Whole, int Spaced) Chunk(int lineTokens, int chunkTokens, int overlap)
{
    var lines = TextChunker.SplitPlainTextLines(text, lineTokens);
    var chunks = TextChunker.SplitPlainTextParagraphs(lines, chunkTokens, overlap);
    var whole = prices.Count(price => chunks.Any(chunk => chunk.Contains($" {price} ")));
    bool Spaced(string chunk, string price) => new[] { "\n", " " }.Any(gap => chunk.Contains($" {price.Replace(".", "." + gap)} "));
    var spaced = prices.Count(price => chunks.Any(chunk => Spaced(chunk, price)));
    Console.WriteLine($"lines of {lineTokens}, chunks of {chunkTokens}, overlap {overlap}: {chunks.Count} chunks; " +
        $"{whole} of {prices.Length} prices whole, {spaced} broken inside a chunk");
    Console.WriteLine($"    {Shown(chunks[1])}");
    return (whole, spaced);
}

var small = Chunk(20, 60, 0);
var smallOverlap = Chunk(20, 60, 20);
var large = Chunk(40, 120, 0);
var largeOverlap = Chunk(40, 120, 40);
var one = TextChunker.SplitPlainTextLines("It costs 12.50 euros at 10:30 in version 4.2.1, or 1,250.75 euros in all.", 5);
Console.WriteLine("lines of 5: " + string.Join(" ", one.Select(Shown)));
var markdown = TextChunker.SplitMarkDownLines("# Boxes\n\nThere are two.\n\n- one box\n- two boxes\n\n## Returns\n\nYou may send it back.\n", 10);
Console.WriteLine("Markdown, lines of 10: " + string.Join(" ", markdown.Select(Shown)));

Expect("every sentence fits into a line", sentences.All(sentence => sentence.Length < 20 * 4));
Expect("lines of 20: about half of the prices are whole in no chunk", small.Whole is > 90 and < 110);
Expect("lines of 40: nearly a third", large.Whole is > 130 and < 150);
Expect("most of them are broken in the middle of a chunk", small.Spaced > 60 && large.Spaced > 40);
Expect("an overlap makes none whole", smallOverlap.Whole == small.Whole && largeOverlap.Whole == large.Whole);
Expect("with it all the others stand broken inside a chunk",
    smallOverlap.Spaced == prices.Length - small.Whole && largeOverlap.Spaced == prices.Length - large.Whole);
Expect("a time and a version are cut, too", one is ["It costs 12.", "50 euros at 10:", "30 in version 4.", "2.1, or 1,250.", ..]);
Expect("a heading's mark ends up below the list", markdown is [_, "- one box\n- two boxes\n\n##", "Returns\n\nYou may send it back."]);

void Expect(string what, bool seen)
{
    Console.WriteLine($"{(seen ? "as described" : "CHANGED")}: {what}");
    if (!seen)
        Environment.ExitCode = 1;
}
END
dotnet run -c Release
