using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace CrossEncoders.Tests.Architecture;

/// <summary>What a reader meets in any file: lines that fit, files and methods of one idea.</summary>
public sealed class ShapeTests
{
    private const int LongestLine = 140;
    private const int LongestFile = 250;
    private const int LongestMethod = 60;

    [Fact]
    public void NoLineIsTooLong() =>
        Assert.Empty(
            Sources("src", "tests")
                .SelectMany(file =>
                    file.Lines.Index()
                        .Where(line => line.Item.Length > LongestLine)
                        .Select(line => $"{file.Name}:{line.Index + 1} has {line.Item.Length} characters")
                )
        );

    [Fact]
    public void NoFileIsTooLong() =>
        Assert.Empty(
            Sources("src", "tests")
                .Where(file => file.Lines.Length > LongestFile)
                .Select(file => $"{file.Name} has {file.Lines.Length} lines")
        );

    [Fact]
    public void NoMethodIsTooLong() =>
        Assert.Empty(
            Sources("src", "tests")
                .SelectMany(file =>
                    Methods(file.Text)
                        .Where(method => method.Lines > LongestMethod)
                        .Select(method => $"{file.Name}: {method.Name} has {method.Lines} lines")
                )
        );

    [Fact]
    public void LinesOfAMethodAreCounted() =>
        Assert.Equal([("A", 1), ("B", 4)], Methods("class C\n{\n    int A() => 1;\n\n    int B()\n    {\n        return 2;\n    }\n}"));

    private static IEnumerable<(string Name, int Lines)> Methods(string text)
    {
        foreach (var method in CSharpSyntaxTree.ParseText(text).GetRoot().DescendantNodes().OfType<BaseMethodDeclarationSyntax>())
        {
            var span = method.SyntaxTree.GetLineSpan(method.Span);
            var name = method is MethodDeclarationSyntax named ? named.Identifier.Text : method.Kind().ToString();
            yield return (name, span.EndLinePosition.Line - span.StartLinePosition.Line + 1);
        }
    }

    private static IEnumerable<(string Name, string Text, string[] Lines)> Sources(params string[] folders) =>
        folders
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Shared.Repository, folder), "*.cs", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Shared.Repository, path).Replace('\\', '/'))
            .Where(name => !name.Contains("/obj/", StringComparison.Ordinal) && !name.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => (name, File.ReadAllText(Path.Combine(Shared.Repository, name))))
            .Select(file => (file.name, file.Item2, file.Item2.TrimEnd('\n').Split('\n')));
}
