#!/usr/bin/env bash
# Apache.Arrow 23.0.0 (NuGet): only the first record batch's dictionary is written, later ones are read with it.
# Guess: in a stream a batch with another dictionary is preceded by that one, as the format has it ("replacement"); in a file, where the
#   format forbids this, the writer refuses.
# What happens: both writers collect the dictionaries of the first batch and never look again. The later batches keep their numbers, and
#   these are looked up in the first dictionary: "rooms.txt" is read as "fees.txt". No error, no warning, right lengths, right scores.
# Why it matters: strings that repeat, such as sources, query ids and labels, are dictionaries to save space, and each batch builds its own
#   from what it has. From the second batch on the results are then those of other documents, and a metric is computed on them.
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
    <PackageReference Include="Apache.Arrow" Version="[23.0.0]" />
  </ItemGroup>
</Project>
EOF
cat > Program.cs << 'EOF'
using System.Reflection;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;

var version = typeof(RecordBatch).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
Console.WriteLine($"Apache.Arrow {version.Split('+')[0]}");

var type = new DictionaryType(Int32Type.Default, StringType.Default, false);
var schema = new Schema([new Field("source", type, false), new Field("score", FloatType.Default, false)], null);

RecordBatch Batch(string[] dictionary, int[] sources, float[] scores) => new(schema,
[
    new DictionaryArray(type, new Int32Array.Builder().AppendRange(sources).Build(), new StringArray.Builder().AppendRange(dictionary).Build()),
    new FloatArray.Builder().AppendRange(scores).Build(),
], sources.Length);

string Text(RecordBatch batch)
{
    var sources = (DictionaryArray)batch.Column(0);
    var (numbers, names, scores) = ((Int32Array)sources.Indices, (StringArray)sources.Dictionary, (FloatArray)batch.Column(1));
    return string.Join(", ", Enumerable.Range(0, batch.Length)
        .Select(i => FormattableString.Invariant($"{names.GetString(numbers.GetValue(i)!.Value)} {scores.GetValue(i)}")));
}

string[] Read(ArrowStreamReader reader)
{
    List<string> texts = [];
    while (reader.ReadNextRecordBatch() is { } batch)
        texts.Add(Text(batch));
    return [.. texts];
}

RecordBatch[] batches = // the results of two queries
[
    Batch(["fees.txt", "hours.txt"], [0, 1, 0], [0.9f, 0.7f, 0.2f]),
    Batch(["rooms.txt", "events.txt"], [0, 1, 1], [0.8f, 0.6f, 0.5f]),
];
string[] given = [.. batches.Select(Text)];

string[] Written(bool file)
{
    var stream = new MemoryStream();
    using (var writer = file ? new ArrowFileWriter(stream, schema, leaveOpen: true) : new ArrowStreamWriter(stream, schema, leaveOpen: true))
    {
        foreach (var batch in batches)
            writer.WriteRecordBatch(batch);
        writer.WriteEnd();
    }
    stream.Position = 0;
    return Read(file ? new ArrowFileReader(stream) : new ArrowStreamReader(stream));
}

var streamed = Written(file: false);
var filed = Written(file: true);
for (var i = 0; i < given.Length; i++)
    Console.WriteLine($"batch {i + 1}: given {given[i]} | by stream {streamed[i]} | by file {filed[i]}");

Expect("the first batch comes back as it was", streamed[0] == given[0] && filed[0] == given[0]);
Expect("the second has the sources of the first, with its own scores, by stream", streamed[1] == "fees.txt 0.8, hours.txt 0.6, hours.txt 0.5");
Expect("and by file", filed[1] == streamed[1]);

void Expect(string what, bool seen)
{
    Console.WriteLine($"{(seen ? "as described" : "CHANGED")}: {what}");
    if (!seen)
        Environment.ExitCode = 1;
}
EOF
dotnet run -c Release
