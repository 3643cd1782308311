// A kernel for cells that start with #!sqlite: what a language needs to have cells of its own, here and in Jupyter.
// The package Microsoft.DotNet.Interactive.SQLite does the same where the feed has it.

using System.Data;
using Microsoft.Data.Sqlite;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;

public sealed class SqliteKernel(SqliteConnection database)
    : Microsoft.DotNet.Interactive.Kernel("sqlite"),
        IKernelCommandHandler<SubmitCode>,
        IKernelCommandHandler<SendValue>,
        IKernelCommandHandler<RequestValue>
{
    private DataTable result = new();

    // A cell: its rows are shown, and are the value "result" for other cells.
    public Task HandleAsync(SubmitCode command, KernelInvocationContext context)
    {
        using var query = database.CreateCommand();
        query.CommandText = command.Code;
        using var reader = query.ExecuteReader();
        result = new DataTable();
        result.Load(reader);
        context.Display(result, "text/html");
        return Task.CompletedTask;
    }

    // #!share --from csharp rows: a table with a column for each property.
    public Task HandleAsync(SendValue command, KernelInvocationContext context)
    {
        var rows = ((System.Collections.IEnumerable)command.Value).Cast<object>().ToList();
        var columns = rows[0].GetType().GetProperties();
        Do(
            $"create table {command.Name} ({string.Join(", ", columns.Select(column => column.Name))})",
            []
        );
        foreach (var row in rows)
            Do(
                $"insert into {command.Name} values ({string.Join(", ", columns.Select((_, i) => $"$p{i}"))})",
                columns.Select(column => column.GetValue(row))
            );
        return Task.CompletedTask;
    }

    // #!share --from sqlite result
    public Task HandleAsync(RequestValue command, KernelInvocationContext context)
    {
        context.Publish(
            new ValueProduced(
                result,
                command.Name,
                new FormattedValue("text/plain", "rows"),
                command
            )
        );
        return Task.CompletedTask;
    }

    private void Do(string text, IEnumerable<object> values)
    {
        using var command = database.CreateCommand();
        command.CommandText = text;
        foreach (var (value, i) in values.Select((value, i) => (value, i)))
            command.Parameters.AddWithValue($"$p{i}", value ?? DBNull.Value);
        command.ExecuteNonQuery();
    }
}
