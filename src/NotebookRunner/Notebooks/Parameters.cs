using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace NotebookRunner.Notebooks;

/// <summary>
/// Parameters by papermill's convention: cells tagged <c>parameters</c> declare variables and their defaults, and a cell tagged
/// <c>injected-parameters</c> after each assigns the values given on the command line.
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

    /// <summary>The variables that a notebook's parameters cells declare.</summary>
    public static IReadOnlyDictionary<string, Declaration> Declared(Notebook notebook) =>
        ByName(notebook.Cells.Where(cell => cell.IsParameters).SelectMany(cell => Declarations(cell.Source)));

    /// <summary>Checks that each parameter is declared by a notebook of the run.</summary>
    public static void Check(IReadOnlyList<Notebook> notebooks, IReadOnlyDictionary<string, string> values)
    {
        if (values.Count == 0)
            return;
        var declared = ByName(notebooks.SelectMany(notebook => Declared(notebook).Values));
        if (values.Keys.FirstOrDefault(name => !declared.ContainsKey(name)) is { } unknown)
            throw new RunnerException($"No notebook declares the parameter \"{unknown}\". {Known(declared.Values)}");
    }

    /// <summary>Inserts the cells that assign those values the notebook declares; they replace those of an earlier run.</summary>
    /// <param name="notebook">The notebook.</param>
    /// <param name="values">The values by name.</param>
    /// <param name="here">The folder that relative paths among the values start from.</param>
    public static void Inject(Notebook notebook, IReadOnlyDictionary<string, string> values, string here)
    {
        RemoveInjected(notebook);
        if (values.Count == 0)
            return;
        var count = 0;
        foreach (var cell in notebook.Cells.Where(cell => cell.IsParameters).ToList())
        {
            var declared = ByName(Declarations(cell.Source));
            var assignments = values
                .Where(pair => declared.ContainsKey(pair.Key))
                .Select(pair => $"{pair.Key} = {declared[pair.Key].Literal(pair.Value, notebook, here)};")
                .ToList();
            if (assignments.Count > 0)
                notebook.CellArray.Insert(
                    notebook.CellArray.IndexOf(cell.Json) + 1,
                    Assigning(assignments, notebook.HasCellIds ? $"injected-parameters{(++count == 1 ? "" : $"-{count}")}" : null)
                );
        }
    }

    /// <summary>Removes the cells that an earlier run inserted.</summary>
    public static void RemoveInjected(Notebook notebook)
    {
        foreach (var old in notebook.Cells.Where(cell => cell.IsInjected))
            notebook.CellArray.Remove(old.Json);
    }

    private static JsonObject Assigning(IReadOnlyList<string> assignments, string? id)
    {
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
        if (id is not null)
            cell["id"] = id;
        return cell;
    }

    private static Dictionary<string, Declaration> ByName(IEnumerable<Declaration> declarations) =>
        declarations.DistinctBy(declaration => declaration.Name).ToDictionary(declaration => declaration.Name, StringComparer.Ordinal);

    private static string Known(IReadOnlyCollection<Declaration> declared)
    {
        var known = declared
            .OrderBy(declaration => declaration.Name, StringComparer.Ordinal)
            .Select(declaration => declaration.Type is { } type ? $"{declaration.Name} ({type})" : declaration.Name);
        return declared.Count == 0 ? "None has a cell tagged \"parameters\"." : $"Declared are: {string.Join(", ", known)}.";
    }

    private static IEnumerable<Declaration> Declarations(string source)
    {
        var options = new CSharpParseOptions(LanguageVersion.Latest, kind: SourceCodeKind.Script);
        var root = CSharpSyntaxTree.ParseText(source, options).GetCompilationUnitRoot();
        return from field in root.Members.OfType<FieldDeclarationSyntax>()
            where !field.Modifiers.Any(SyntaxKind.ConstKeyword) // Nothing can be assigned to it.
            from variable in field.Declaration.Variables
            select new Declaration(
                variable.Identifier.Text,
                TypeOf(field.Declaration.Type, variable.Initializer?.Value),
                (variable.Initializer?.Value as LiteralExpressionSyntax)?.Token.Value as string,
                variable.Initializer?.Value.ToString() ?? ""
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
    /// <param name="Initial">What it starts from, as it is written.</param>
    internal sealed record Declaration(string Name, string? Type, string? Default, string Initial)
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
                    $"The parameter \"{Name}\" of {notebook.Name} is of type {Type}; \"{value}\" is not. "
                        + Known([.. Declared(notebook).Values])
                ),
                not (null or "object") => throw new RunnerException(
                    $"The parameter \"{Name}\" of {notebook.Name} is of type {Type}, "
                        + "which cannot be given here; only texts, numbers and true or false can. "
                        + Known([.. Declared(notebook).Values])
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
