using System.Data;
using System.Reflection;
using CrossEncoders.Evaluation;
using Microsoft.Data.Analysis;

namespace CrossEncoders.Display;

/// <summary>
/// What .NET Interactive shows of values that are not the library's own views: data frames, and the data tables that their own
/// <c>ToTable()</c> makes, as the library's tables; Plotly.NET's charts and Mermaid's flowcharts as the library's; a verdict as its
/// sentence, marked for a report's head; and whatever lies so deep in a value that the host would write it as it is, a script in a document
/// included, escaped. The host is reached by reflection: the library depends on none.
/// </summary>
internal static class HostFormatters
{
    private const string Host = "Microsoft.DotNet.Interactive.Formatting";

    private static readonly Type[] Shown =
    [
        typeof(DataFrame),
        typeof(DataTable),
        typeof(DataView),
        typeof(DataRow),
        typeof(RankingVerdict),
    ];

    internal static void Register()
    {
        if (AppDomain.CurrentDomain.GetAssemblies().FirstOrDefault(assembly => assembly.GetName().Name == Host) is { } host)
            RegisterWith(host, host.GetType($"{Host}.Formatter"));
    }

    /// <summary>The value as a table; null where it is neither a data frame nor a data table.</summary>
    internal static Table? TableOf(object value) =>
        value switch
        {
            DataFrame frame => frame.ToTable(TableExtensions.DefaultRows),
            DataTable table => TableOf(table, table.Rows.Cast<DataRow>(), table.Rows.Count),
            DataView { Table: { } table } view => TableOf(table, view.Cast<DataRowView>().Select(row => row.Row), view.Count),
            DataRow row => TableOf(row.Table, [row], 1),
            _ => null,
        };

    private static Table TableOf(DataTable table, IEnumerable<DataRow> rows, int count) =>
        new(
            [.. table.Columns.Cast<DataColumn>().Select(column => column.ColumnName)],
            [
                .. rows.Take(TableExtensions.DefaultRows)
                    .Select(row => (IReadOnlyList<object?>)[.. row.ItemArray.Select(cell => cell is DBNull ? null : cell)]),
            ],
            totalRows: count
        );

    private static void RegisterWith(Assembly host, Type? formatter)
    {
        DeepFormatter.RegisterWith(host, formatter);
        var register = formatter?.GetMethod("Register", [typeof(Type), typeof(Action<object, TextWriter>), typeof(string)]);
        foreach (var type in Shown)
        foreach (var mimeType in new[] { MimeTypes.Text, MimeTypes.Html })
            register?.Invoke(null, [type, (Action<object, TextWriter>)((value, writer) => Write(value, writer, mimeType)), mimeType]);
        if (register is null)
            return;
        void Register(Type type, Action<object, TextWriter> format, string mimeType) => register.Invoke(null, [type, format, mimeType]);
        PlotlyFormatters.RegisterWith(Register);
        MermaidFormatter.RegisterWith(Register);
    }

    private static void Write(object value, TextWriter writer, string mimeType)
    {
        var isHtml = mimeType == MimeTypes.Html;
        writer.Write(
            TableOf(value) is { } table
                ? isHtml
                    ? table.ToHtml()
                    : $"{table}"
                : !isHtml
                    ? $"{value}"
                    : value is RankingVerdict
                        ? $"<p data-verdict>{Html.Encode($"{value}")}</p>"
                        : Html.Encode($"{value}")
        );
    }
}
