#!/usr/bin/env bash
# Microsoft.DotNet.Interactive.CSharp 1.0.0-beta.26120.1: display(x).Update(y) and x.Display().Update(y) in a cell.
# Guess: both replace the output that was shown, which is what Update is for.
# What happens: the update names an output that was never shown. What is returned has another id than what was displayed, so a host that
#   follows the protocol finds nothing to replace, and the first value stays.
# Why it matters: progress bars and live training curves in notebooks are written this way. The cell succeeds, no error is raised, and
#   the reader sees the first state for ever.
set -euo pipefail
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_INTERACTIVE_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
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
    <PackageReference Include="Microsoft.DotNet.Interactive" Version="[1.0.0-beta.26120.1]" ExcludeAssets="contentFiles" />
    <PackageReference Include="Microsoft.DotNet.Interactive.CSharp" Version="[1.0.0-beta.26120.1]" ExcludeAssets="contentFiles" />
  </ItemGroup>
  <Target Name="WithoutSources" AfterTargets="ResolvePackageAssets;ResolveNuGetPackageAssets" BeforeTargets="CoreCompile">
    <ItemGroup>
      <Compile Remove="@(Compile)" Condition="$([System.String]::Copy('%(FullPath)').Contains('contentFiles'))" />
    </ItemGroup>
  </Target>
</Project>
EOF
cat > Program.cs << 'EOF'
using System.Reflection;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.CSharp;
using Microsoft.DotNet.Interactive.Events;

var version = typeof(Kernel).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
Console.WriteLine($"Microsoft.DotNet.Interactive {version.Split('+')[0]}");
using var kernel = new CSharpKernel().UseKernelHelpers();

async Task<bool> Replaced(string code)
{
    var (result, shown, updated) = (await kernel.SendAsync(new SubmitCode(code)), new List<string>(), new List<string>());
    foreach (var output in result.Events)
        switch (output)
        {
            case DisplayedValueProduced first:
                shown.Add(first.ValueId);
                break;
            case DisplayedValueUpdated next:
                updated.Add(next.ValueId);
                break;
            case CommandFailed failed:
                throw new InvalidOperationException(failed.Message);
        }
    Console.WriteLine($"{code} shown: {shown.Count}, updates: {updated.Count}, of an output that was shown: {updated.Count(shown.Contains)}");
    return updated.Count == 1 && shown.Contains(updated[0]);
}

Expect("display(x).Update(y) replaces nothing", !await Replaced("var a = display(\"one\"); a.Update(\"two\");"));
Expect("nor does x.Display().Update(y)", !await Replaced("var b = \"one\".Display(); b.Update(\"two\");"));

void Expect(string what, bool seen)
{
    Console.WriteLine($"{(seen ? "as described" : "CHANGED")}: {what}");
    if (!seen)
        Environment.ExitCode = 1;
}
EOF
dotnet run -c Release
