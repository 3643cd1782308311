#!/usr/bin/env bash
# Microsoft.ML 5.0.1: the area under the precision-recall curve of tied scores.
# Guess: rows with one score make one point of the curve, so a model that gives all the same score gets the share of relevant
#   rows (0.1 here), in whatever order the rows stand; AreaUnderRocCurve beside it does say 0.5.
# What happens: each row is a point of its own, and rows of one score are taken in the order of the table. A model that says nothing
#   gets 1 with the relevant rows first and 0.05 with them last; grades of 0 and 1 get 0.92 or 0.31.
# Why it matters: pairs are usually written with the positive first, and ties are common: grades from a language model, 8-bit scores,
#   a saturated sigmoid. On such a table the useless model beats one with a single error, and whether the grades beat it depends
#   on how the table is sorted. AutoML can choose models by this number.
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
var ml = new MLContext();
bool[] relevant = [.. Enumerable.Range(0, 100).Select(row => row < 10)];

(double Precision, double Roc) Evaluate(string name, Func<int, float> score, bool last = false)
{
    var rows = relevant.Select((label, row) => new Row { Label = label, Score = score(row), PredictedLabel = score(row) > 0 });
    var metrics = ml.BinaryClassification.EvaluateNonCalibrated(ml.Data.LoadFromEnumerable(last ? rows.Reverse() : rows));
    Console.WriteLine($"{name}, relevant rows {(last ? "last" : "first")}: precision-recall {metrics.AreaUnderPrecisionRecallCurve:F3}, ROC {metrics.AreaUnderRocCurve:F3}");
    return (metrics.AreaUnderPrecisionRecallCurve, metrics.AreaUnderRocCurve);
}

float Same(int row) => 1;
float Grade(int row) => row < 8 || row >= 94 ? 1 : 0; // 8 of 10 relevant rows and 6 others get the grade 1
float Good(int row) => row == 99 ? 200 : 100 - row;   // one row that is not relevant comes first, then all relevant ones

var (same, sameLast) = (Evaluate("one score for all", Same), Evaluate("one score for all", Same, last: true));
var (grade, gradeLast) = (Evaluate("grades 0 and 1", Grade), Evaluate("grades 0 and 1", Grade, last: true));
var (good, goodLast) = (Evaluate("one error, no ties", Good), Evaluate("one error, no ties", Good, last: true));

Expect("one score for all is perfect, or nearly nothing", same.Precision == 1 && sameLast.Precision < 0.07);
Expect("and beats a model with a single error", same.Precision > good.Precision && good.Precision > 0.5);
Expect("grades beat that model or lose to it by far", grade.Precision > good.Precision && gradeLast.Precision < good.Precision / 2);
Expect("without ties the order of rows does not matter", good == goodLast);
Expect("nor does it for the area under the ROC curve", same.Roc == 0.5 && sameLast.Roc == 0.5 && Math.Abs(grade.Roc - gradeLast.Roc) < 1e-9);

void Expect(string what, bool seen)
{
    Console.WriteLine($"{(seen ? "as described" : "CHANGED")}: {what}");
    if (!seen)
        Environment.ExitCode = 1;
}

internal sealed class Row
{
    public bool Label { get; set; }
    public float Score { get; set; }
    public bool PredictedLabel { get; set; }
}
EOF
dotnet run -c Release
