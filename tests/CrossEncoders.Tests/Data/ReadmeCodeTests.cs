using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace CrossEncoders.Tests.Data;

/// <summary>The C# in both READMEs compiles against the library, block after block as one program with all that it uses.</summary>
public sealed partial class ReadmeCodeTests
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("README.zh.md")]
    public void EveryBlockCompiles(string file)
    {
        var blocks = Blocks(file);
        Assert.NotEmpty(blocks);
        Assert.Empty(Errors(string.Concat(blocks)));
    }

    [Fact]
    public void WhatTheLibraryDoesNotHaveIsSeen() =>
        Assert.Contains("NoSuchThing", Assert.Single(Errors("CrossEncoders.NoSuchThing.Call();\n")), StringComparison.Ordinal);

    private static List<string> Blocks(string file) =>
        [.. Fence().Matches(File.ReadAllText(Path.Combine(Shared.Repository, file))).Select(match => match.Groups[1].Value)];

    private static List<string> Errors(string code)
    {
        var imports = ImplicitUsings().Concat(Import().Matches(code).Select(match => match.Value));
        var program = string.Join("\n", imports.Distinct()) + "\n" + Import().Replace(code, "");
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var compilation = CSharpCompilation.Create(
            "readme",
            [CSharpSyntaxTree.ParseText(program)],
            platform.Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.ConsoleApplication)
        );
        return
        [
            .. compilation.GetDiagnostics().Where(found => found.Severity == DiagnosticSeverity.Error).Select(found => found.ToString()),
        ];
    }

    private static IEnumerable<string> ImplicitUsings() =>
        ["using System;", "using System.Collections.Generic;", "using System.IO;", "using System.Linq;", "using System.Threading.Tasks;"];

    [GeneratedRegex("^```csharp\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex("^using [A-Z][A-Za-z.]*;", RegexOptions.Multiline)]
    private static partial Regex Import();
}
