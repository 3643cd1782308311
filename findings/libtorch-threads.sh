#!/usr/bin/env bash
# libtorch 2.10.0 (libtorch-cpu-linux-x64), called without any binding: the number of threads that a worker sets for itself.
# Guess: at::set_num_threads is either the process's (whoever sets last decides for all), or the thread's (what a worker sets for
#   itself stays); a thread that only asks changes nothing.
# What happens: it is both, and asking decides. A thread's first question takes over what was set last anywhere, and undoes what the
#   thread has set for itself before. A worker that sets 1 and then works may run on all threads; one that asks first, then sets 1,
#   keeps it.
# Why it matters: one thread for each of several workers is how a CPU re-ranks batches side by side. Workers that set 1 as their
#   first step divide every operation among all cores again as soon as anybody restores the number for the rest of the process.
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
    <PackageReference Include="libtorch-cpu-linux-x64" Version="[2.10.0]" ExcludeAssets="native" GeneratePathProperty="true" />
    <AssemblyMetadata Include="libtorch" Value="$(Pkglibtorch-cpu-linux-x64)/runtimes/linux-x64/native" />
  </ItemGroup>
</Project>
EOF
cat > Program.cs << 'EOF'
using System.Reflection;
using System.Runtime.InteropServices;

var folder = typeof(Native).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(each => each.Key == "libtorch").Value!;
NativeLibrary.SetDllImportResolver(
    typeof(Native).Assembly,
    (_, _, _) => NativeLibrary.Load(Path.Combine(folder, "libtorch_cpu.so"))
);
NativeLibrary.Load(Path.Combine(folder, "libc10.so"));
Console.WriteLine("libtorch 2.10.0, from the package libtorch-cpu-linux-x64");

Native.Set(3);
var sets = Worker(asksFirst: false);
var asks = Worker(asksFirst: true);
Console.WriteLine($"set 1, then others set 3: {sets}; asked, set 1, then others set 3: {asks}");
Expect("a worker that sets 1 at once has 3", sets == 3);
Expect("a worker that asked before it set 1 keeps 1", asks == 1);

// What a worker has after it set 1 for itself, and the main thread set 3 for the rest.
static int Worker(bool asksFirst)
{
    var seen = 0;
    using var isSet = new ManualResetEventSlim();
    using var restored = new ManualResetEventSlim();
    var thread = new Thread(() =>
    {
        if (asksFirst)
            Native.Get();
        Native.Set(1);
        isSet.Set();
        restored.Wait();
        seen = Native.Get();
    });
    thread.Start();
    isSet.Wait();
    Native.Set(3);
    restored.Set();
    thread.Join();
    return seen;
}

static void Expect(string what, bool holds)
{
    Console.WriteLine($"{(holds ? "as described" : "CHANGED")}: {what}");
    if (!holds)
        Environment.ExitCode = 1;
}

static class Native
{
    [DllImport("torch_cpu", EntryPoint = "_ZN2at15set_num_threadsEi")]
    public static extern void Set(int threads);

    [DllImport("torch_cpu", EntryPoint = "_ZN2at15get_num_threadsEv")]
    public static extern int Get();
}
EOF
dotnet run -c Release
