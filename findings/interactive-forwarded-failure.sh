#!/usr/bin/env bash
# Microsoft.DotNet.Interactive 1.0.0-beta.26120.1: a kernel whose handler awaits another kernel's command, which fails.
# Guess: the error of the inner command fails the outer one, as an exception that is awaited does, or at least its message is shown.
# What happens: the await returns as if all were well, the outer command succeeds, and the events that a host gets of it hold neither a
#   failure nor the error's text. What the inner cell printed before it failed is there.
# Why it matters: a kernel that forwards its cells (another notation, a cell with parameters filled in) shows broken cells as done.
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
using var all = new CompositeKernel { new CSharpKernel().UseKernelHelpers(), new Forwarding() };

async Task<(bool Failed, bool Succeeded, bool SaysWhy, bool Printed)> Run(string code, string kernel)
{
    var seen = new List<KernelEvent>();
    using var listening = all.KernelEvents.Subscribe(seen.Add);
    var result = await all.SendAsync(new SubmitCode(code, kernel));
    var text = string.Join(' ', seen.OfType<CommandFailed>().Select(failed => failed.Message)
        .Concat(seen.OfType<DisplayEvent>().SelectMany(shown => shown.FormattedValues.Select(value => value.Value))));
    return (
        result.Events.OfType<CommandFailed>().Any(),
        result.Events.OfType<CommandSucceeded>().Any(),
        text.Contains("broken"),
        text.Contains("before")
    );
}

const string Code = "Console.WriteLine(\"bef\" + \"ore\"); throw new Exception(\"bro\" + \"ken\");";
var (straight, forwarded) = (await Run(Code, "csharp"), await Run(Code, "forwarding"));
Console.WriteLine($"sent straight: {straight}");
Console.WriteLine($"forwarded:     {forwarded}");
return straight is (true, false, true, true) && forwarded is (false, true, false, true) ? 0 : 1;

internal sealed class Forwarding : Kernel, IKernelCommandHandler<SubmitCode>
{
    public Forwarding()
        : base("forwarding") { }

    async Task IKernelCommandHandler<SubmitCode>.HandleAsync(SubmitCode command, KernelInvocationContext context) =>
        await RootKernel.SendAsync(new SubmitCode(command.Code, "csharp"));
}
EOF
dotnet run -c Release
