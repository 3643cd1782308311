using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Mono.Cecil;

namespace CrossEncoders.Tests.Architecture;

/// <summary>Which folder of a project's source each type of its assembly belongs to, and which other folders it uses.</summary>
internal static partial class FolderOrder
{
    /// <summary>The source of a project in this checkout.</summary>
    public static string SourceOf(string project, [CallerFilePath] string here = "") =>
        Path.Combine(here[..here.LastIndexOf("tests", StringComparison.Ordinal)], "src", project);

    /// <summary>
    /// Every use of a folder by one that stands before it in <paramref name="order"/>, as "Type (folder) uses Type (folder)".
    /// </summary>
    /// <param name="assembly">The compiled assembly.</param>
    /// <param name="source">The folder of its source.</param>
    /// <param name="order">The floors, the lowest first: folders of the source, "" for the files at its root, or a file of its own.</param>
    /// <remarks>What the compiler leaves out (constants, <c>nameof</c>, documentation) is not seen.</remarks>
    public static IReadOnlyList<string> Violations(string assembly, string source, List<string> order) =>
        Violations([(assembly, source)], order);

    /// <summary>The same of several assemblies that share their folders.</summary>
    public static IReadOnlyList<string> Violations(IReadOnlyList<(string Assembly, string Source)> projects, List<string> order)
    {
        var floors = projects.SelectMany(project => Floors(project.Source, order)).ToDictionary();
        return [.. projects.SelectMany(project => Violations(project.Assembly, floors, order))];
    }

    private static SortedSet<string> Violations(string assembly, Dictionary<string, int> floors, List<string> order)
    {
        using var definition = AssemblyDefinition.ReadAssembly(assembly);
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var type in definition.MainModule.GetTypes())
        {
            if (!floors.TryGetValue(Outermost(type).FullName, out var own))
                continue;
            foreach (var used in Uses(type).Select(Outermost))
            {
                if (floors.TryGetValue(used.FullName, out var other) && other > own)
                    found.Add($"{Outermost(type).Name} ({order[own]}) uses {used.Name} ({order[other]})");
            }
        }

        return found;
    }

    /// <summary>The namespaces that do not say in which folder a file lies.</summary>
    public static IReadOnlyList<string> WrongNamespaces(string source, Func<string, string> expected) =>
        [
            .. Files(source)
                .Where(file =>
                    Namespace().Match(File.ReadAllText(Path.Combine(source, file))).Groups[1].Value is var found
                    && found.Length > 0
                    && found != expected(Folder(file))
                )
                .Select(file => $"{file}: expected {expected(Folder(file))}"),
        ];

    private static Dictionary<string, int> Floors(string source, List<string> order)
    {
        var floors = new Dictionary<string, int>();
        foreach (var file in Files(source))
        {
            var floor = order.IndexOf(file) is >= 0 and var alone ? alone : order.IndexOf(Folder(file));
            if (floor < 0)
                throw new InvalidOperationException($"{file} is in a folder that has no place in the order.");
            var text = File.ReadAllText(Path.Combine(source, file));
            foreach (Match type in Declaration().Matches(text))
                floors[$"{Namespace().Match(text).Groups[1].Value}.{type.Groups[1].Value}{Arity(type.Groups[2].Value)}"] = floor;
        }

        return floors;
    }

    private static IEnumerable<string> Files(string source) =>
        Directory
            .EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(source, path).Replace('\\', '/'))
            .Where(path => !path.StartsWith("obj/", StringComparison.Ordinal) && !path.StartsWith("bin/", StringComparison.Ordinal));

    private static string Folder(string file) => Path.GetDirectoryName(file)!.Replace('\\', '/');

    private static string Arity(string parameters) => parameters.Length == 0 ? "" : $"`{parameters.Count(c => c == ',') + 1}";

    private static IEnumerable<TypeReference> Uses(TypeDefinition type)
    {
        IEnumerable<TypeReference?> direct =
        [
            type.BaseType,
            .. type.CustomAttributes.Select(attribute => attribute.AttributeType),
            .. type.Interfaces.Select(implemented => implemented.InterfaceType),
            .. type.Fields.Select(field => field.FieldType),
            .. type.Methods.SelectMany(Uses),
        ];
        return direct.OfType<TypeReference>().SelectMany(Parts);
    }

    private static IEnumerable<TypeReference> Uses(MethodDefinition method)
    {
        IEnumerable<TypeReference> signature = [method.ReturnType, .. method.Parameters.Select(parameter => parameter.ParameterType)];
        return method.HasBody
            ? signature
                .Concat(method.Body.Variables.Select(variable => variable.VariableType))
                .Concat(method.Body.Instructions.SelectMany(instruction => Named(instruction.Operand)))
            : signature;
    }

    private static IEnumerable<TypeReference> Named(object? operand) =>
        operand switch
        {
            TypeReference type => [type],
            GenericInstanceMethod method => [method.DeclaringType, method.ReturnType, .. method.GenericArguments],
            MethodReference method => [method.DeclaringType, method.ReturnType],
            FieldReference field => [field.DeclaringType, field.FieldType],
            _ => [],
        };

    private static IEnumerable<TypeReference> Parts(TypeReference type) =>
        type switch
        {
            GenericInstanceType generic => [generic.ElementType, .. generic.GenericArguments.SelectMany(Parts)],
            FunctionPointerType pointer => [.. Parts(pointer.ReturnType), .. pointer.Parameters.SelectMany(p => Parts(p.ParameterType))],
            TypeSpecification wrapped => Parts(wrapped.ElementType),
            GenericParameter => [],
            _ => [type],
        };

    private static TypeReference Outermost(TypeReference type)
    {
        while (type.DeclaringType is { } outer)
            type = outer;
        return type;
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^(?:[a-z]+ )*(?:class|record struct|record|struct|interface|enum) (\w+)(?:<([^>]*)>)?", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
