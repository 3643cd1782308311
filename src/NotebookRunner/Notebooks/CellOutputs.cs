using System.Text;
using System.Text.Json.Nodes;

namespace NotebookRunner.Notebooks;

/// <summary>Collects a notebook's outputs from the events of its kernel.</summary>
internal sealed class CellOutputs
{
    /// <summary>Displayed values by identity: an update may come from a later cell.</summary>
    private readonly Dictionary<string, List<JsonObject>> _displayed = new(StringComparer.Ordinal);
    private readonly StringBuilder _stream = new();
    private JsonObject? _openStream;
    private JsonArray _outputs = [];
    private int _count;

    /// <summary>Starts a cell: the outputs from here on are its.</summary>
    public void Begin(Cell cell, int executionCount)
    {
        _count = executionCount;
        _openStream = null;
        _outputs = [];
        cell.Json["execution_count"] = executionCount;
        cell.Json["outputs"] = _outputs;
    }

    public void Add(CellEvent e)
    {
        switch (e.Kind)
        {
            case CellEventKind.Stream:
                AppendToStream(e.Name!, e.Text ?? "");
                return;
            case CellEventKind.Display:
                Append(Value("display_data", e));
                break;
            case CellEventKind.Result:
                var result = Value("execute_result", e);
                result["execution_count"] = _count;
                Append(result);
                break;
            case CellEventKind.Update:
                foreach (var output in _displayed.GetValueOrDefault(e.Id ?? "", []))
                    output["data"] = Data(e);
                break;
            case CellEventKind.Error:
                var stack = (e.Details ?? e.Text ?? "").Split('\n').Select(line => (JsonNode)line.TrimEnd('\r'));
                Append(
                    new JsonObject
                    {
                        ["output_type"] = "error",
                        ["ename"] = e.Name ?? "Error",
                        ["evalue"] = e.Text ?? "",
                        ["traceback"] = new JsonArray([.. stack]),
                    }
                );
                break;
        }
    }

    /// <summary>Ends a cell: its last stream gets its final text.</summary>
    public void End() => CloseStream();

    private void Append(JsonObject output)
    {
        CloseStream();
        _outputs.Add((JsonNode)output);
    }

    private void AppendToStream(string name, string text)
    {
        if (_openStream is null || (string?)_openStream["name"] != name)
        {
            Append(
                new JsonObject
                {
                    ["output_type"] = "stream",
                    ["name"] = name,
                    ["text"] = new JsonArray(),
                }
            );
            _openStream = (JsonObject)_outputs[^1]!;
        }
        _stream.Append(text);
    }

    private void CloseStream()
    {
        if (_openStream is not null)
            _openStream["text"] = Cell.Lines(Terminal.Final(_stream.ToString()));
        _openStream = null;
        _stream.Clear();
    }

    private JsonObject Value(string type, CellEvent e)
    {
        var output = new JsonObject
        {
            ["output_type"] = type,
            ["data"] = Data(e),
            ["metadata"] = new JsonObject(),
        };
        if (e.Id is not null)
        {
            if (!_displayed.TryGetValue(e.Id, out var same))
                _displayed[e.Id] = same = [];
            same.Add(output);
        }
        return output;
    }

    private static JsonObject Data(CellEvent e)
    {
        var data = new JsonObject();
        foreach (var (mime, text) in e.Data ?? [])
        {
            data[mime] = mime switch
            {
                "application/json" => JsonNode.Parse(text),
                _ when mime.StartsWith("text/", StringComparison.Ordinal) || mime == "image/svg+xml" => Cell.Lines(text),
                _ => text,
            };
        }
        return data;
    }
}
