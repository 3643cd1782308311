using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace NotebookRunner.Notebooks;

/// <summary>
/// Parameters by papermill's convention: the cell tagged <c>parameters</c> declares variables and their defaults, and a cell tagged
/// <c>injected-parameters</c> after it assigns the values given on the command line.
/// </summary>
internal static class Parameters
{
    /// <summary>Splits <c>name=value</c>.</summary>
    public static (string Name, string Value) Parse(string argument)
    {
        var split = argument.IndexOf('=');
        if (split < 1)
            throw new RunnerException($"Expected a parameter as name=value, found \"{argument}\".");
        return (argument[..split].Trim(), argument[(split + 1)..]);
    }

    /// <summary>The variables a notebook's parameters cell declares.</summary>
    public static IReadOnlyDictionary<string, Declaration> Declared(Notebook notebook) =>
        notebook
            .Cells.Where(cell => cell.IsCode && cell.Tags.Contains("parameters"))
            .SelectMany(cell => Declarations(cell.Source))
            .DistinctBy(declaration => declaration.Name)
            .ToDictionary(declaration => declaration.Name, StringComparer.Ordinal);

    /// <summary>Checks that each parameter is declared by a notebook of the run.</summary>
    public static void Check(IReadOnlyList<Notebook> notebooks, IReadOnlyDictionary<string, string> values)
    {
        if (values.Count == 0)
            return;
        var declared = notebooks.SelectMany(notebook => Declared(notebook).Keys).ToHashSet(StringComparer.Ordinal);
        if (values.Keys.FirstOrDefault(name => !declared.Contains(name)) is { } unknown)
        {
            throw new RunnerException(
                $"No notebook declares the parameter \"{unknown}\". "
                    + (
                        declared.Count == 0
                            ? "None has a cell tagged \"parameters\"."
                            : $"Declared are: {string.Join(", ", declared.Order(StringComparer.Ordinal))}."
                    )
            );
        }
    }

    /// <summary>Inserts the cell that assigns those values the notebook declares; replaces that of an earlier run.</summary>
    /// <param name="notebook">The notebook.</param>
    /// <param name="values">The values by name.</param>
    /// <param name="here">The folder that relative paths among the values start from.</param>
    public static void Inject(Notebook notebook, IReadOnlyDictionary<string, string> values, string here)
    {
        foreach (var old in notebook.Cells.Where(cell => cell.Tags.Contains("injected-parameters")))
            notebook.CellArray.Remove(old.Json);
        var declared = values.Count == 0 ? new Dictionary<string, Declaration>() : Declared(notebook);
        var assignments = values
            .Where(pair => declared.ContainsKey(pair.Key))
            .Select(pair => $"{pair.Key} = {declared[pair.Key].Literal(pair.Value, notebook, here)};")
            .ToList();
        if (assignments.Count == 0)
            return;

        var cell = new JsonObject
        {
            ["cell_type"] = "code",
            ["execution_count"] = null,
            ["metadata"] = new JsonObject
            {
                ["polyglot_notebook"] = new JsonObject { ["kernelName"] = "csharp" },
                ["tags"] = new JsonArray("injected-parameters"),
            },
            ["outputs"] = new JsonArray(),
            ["source"] = Cell.Lines("// Parameters\n" + string.Join('\n', assignments)),
        };
        if (notebook.HasCellIds)
            cell["id"] = "injected-parameters";
        var after = notebook.Cells.Last(candidate => candidate.IsCode && candidate.Tags.Contains("parameters")).Json;
        notebook.CellArray.Insert(notebook.CellArray.IndexOf(after) + 1, cell);
    }

    private static IEnumerable<Declaration> Declarations(string source)
    {
        var options = new CSharpParseOptions(LanguageVersion.Latest, kind: SourceCodeKind.Script);
        var root = CSharpSyntaxTree.ParseText(source, options).GetCompilationUnitRoot();
        return from field in root.Members.OfType<FieldDeclarationSyntax>()
            from variable in field.Declaration.Variables
            select new Declaration(
                variable.Identifier.Text,
                TypeOf(field.Declaration.Type, variable.Initializer?.Value),
                (variable.Initializer?.Value as LiteralExpressionSyntax)?.Token.Value as string
            );
    }

    /// <summary>The declared type, or that of the literal a <c>var</c> starts from; null where only the value can tell.</summary>
    private static string? TypeOf(TypeSyntax type, ExpressionSyntax? initializer)
    {
        if (type is NullableTypeSyntax nullable)
            type = nullable.ElementType;
        if (type is PredefinedTypeSyntax predefined)
            return predefined.Keyword.Text;
        if (initializer is PrefixUnaryExpressionSyntax sign)
            initializer = sign.Operand;
        if (!type.IsVar)
            return type.ToString();
        return initializer is LiteralExpressionSyntax literal
            ? literal.Token.Value switch
            {
                string => "string",
                bool => "bool",
                int => "int",
                long => "long",
                float => "float",
                double => "double",
                decimal => "decimal",
                _ => null,
            }
            : null;
    }

    /// <summary>A declared parameter.</summary>
    /// <param name="Name">The variable.</param>
    /// <param name="Type">Its type, where known.</param>
    /// <param name="Default">The text it starts from, if it is a text.</param>
    internal sealed record Declaration(string Name, string? Type, string? Default)
    {
        /// <summary>A value from the command line as a C# literal of the declared type.</summary>
        public string Literal(string value, Notebook notebook, string here)
        {
            value = Located(value, notebook, here);
            var culture = CultureInfo.InvariantCulture;
            var isBool = bool.TryParse(value, out var truth);
            var isLong = long.TryParse(value, NumberStyles.AllowLeadingSign, culture, out var whole);
            var isInt = isLong && whole is >= int.MinValue and <= int.MaxValue;
            var isDouble = double.TryParse(value, NumberStyles.Float, culture, out var number) && double.IsFinite(number);
            return Type switch
            {
                "string" => SymbolDisplay.FormatLiteral(value, quote: true),
                "bool" when isBool => truth ? "true" : "false",
                "int" when isInt => whole.ToString(culture),
                "long" when isLong => whole.ToString(culture) + "L",
                "double" when isDouble => Real(number),
                "float" when isDouble => number.ToString("R", culture) + "f",
                "decimal" when isDouble => value.Trim() + "m",
                "bool" or "int" or "long" or "double" or "float" or "decimal" => throw new RunnerException(
                    $"The parameter \"{Name}\" of {notebook.Name} is of type {Type}; \"{value}\" is not."
                ),
                not (null or "object") => throw new RunnerException(
                    $"The parameter \"{Name}\" of {notebook.Name} is of type {Type}, "
                        + "which cannot be given here; only texts, numbers and true or false can."
                ),
                _ when isBool => truth ? "true" : "false",
                _ when isInt => whole.ToString(culture),
                _ when isDouble => Real(number),
                _ => SymbolDisplay.FormatLiteral(value, quote: true),
            };
        }

        /// <summary>
        /// A relative path made full, since notebooks run in their own folder: where the default is a path, too, or none. What does not
        /// exist may instead of a model's folder be its id on a hub.
        /// </summary>
        private string Located(string value, Notebook notebook, string here)
        {
            if (value.Length == 0 || Default is not ("" or ['.' or '/', ..]))
                return value;
            var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(value, here));
            if (Path.Exists(path))
                return path;
            var beside = Path.GetFullPath(Default, Path.GetDirectoryName(notebook.Path)!);
            return Default.Length == 0 || File.Exists(Path.Combine(beside, "config.json")) ? value : path;
        }

        private static string Real(double number) => number.ToString("R", CultureInfo.InvariantCulture) + "d";
    }
}
