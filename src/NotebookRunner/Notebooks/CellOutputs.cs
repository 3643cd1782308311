using System.Text.Json.Nodes;

namespace NotebookRunner.Notebooks;

/// <summary>Collects a notebook's outputs from the events of its kernel, up to a limit for each cell.</summary>
internal sealed class CellOutputs(OutputLimit? limit = null)
{
    private readonly OutputLimit _limit = limit ?? new();

    /// <summary>Displayed values by identity: an update may come from a later cell.</summary>
    private readonly Dictionary<string, List<Shown>> _displayed = new(StringComparer.Ordinal);
    private PrintedText _printed = new(0);
    private JsonObject? _openStream;
    private JsonArray _outputs = [];
    private int _count;
    private (long Own, long Bundles) _shown;
    private long _omitted;

    /// <summary>Starts a cell: the outputs from here on are its own.</summary>
    public void Begin(Cell cell, int executionCount)
    {
        (_count, _shown, _omitted) = (executionCount, default, 0);
        (_printed, _openStream, _outputs) = (new(_limit.Printed), null, []);
        cell.Json["execution_count"] = executionCount;
        cell.Json["outputs"] = _outputs;
    }

    public void Add(CellEvent e)
    {
        _omitted += e.Omitted;
        switch (e.Kind)
        {
            case CellEventKind.Stream:
                Print(e.Name ?? "stdout", e.Text ?? "");
                break;
            case CellEventKind.Display:
                Show("display_data", e);
                break;
            case CellEventKind.Result:
                Show("execute_result", e);
                break;
            case CellEventKind.Update:
                foreach (var shown in _displayed.GetValueOrDefault(e.Id ?? "", []))
                    SetData(shown, e.Data ?? []);
                break;
            case CellEventKind.Error:
                Append(Error(e));
                break;
        }
    }

    /// <summary>Ends a cell: its last stream gets its final text, and a note says how much was left out.</summary>
    public void End()
    {
        CloseStream();
        if (_omitted + _printed.Omitted is > 0 and var omitted)
            _outputs.Add((JsonNode)Stream("stderr", _limit.Note(omitted)));
    }

    private static JsonObject Stream(string name, string text) =>
        new()
        {
            ["output_type"] = "stream",
            ["name"] = name,
            ["text"] = Cell.Lines(text),
        };

    private static JsonObject Error(CellEvent e)
    {
        var stack = NotebookJson.WellFormed(e.Details ?? e.Text ?? "").Split('\n').Select(line => (JsonNode)line.TrimEnd('\r'));
        return new()
        {
            ["output_type"] = "error",
            ["ename"] = e.Name ?? "Error",
            ["evalue"] = NotebookJson.WellFormed(e.Text ?? ""),
            ["traceback"] = new JsonArray([.. stack]),
        };
    }

    private void Append(JsonObject output)
    {
        CloseStream();
        _outputs.Add((JsonNode)output);
    }

    private void Print(string name, string text)
    {
        if (_openStream is null || (string?)_openStream["name"] != name)
        {
            if (_outputs.Count >= _limit.Outputs)
            {
                _omitted += text.Length;
                return;
            }
            var stream = Stream(name, "");
            Append(stream);
            _openStream = stream;
        }
        _printed.Append(text);
    }

    private void CloseStream()
    {
        if (_openStream is not null)
            _openStream["text"] = Cell.Lines(_printed.Take());
        _openStream = null;
    }

    private void Show(string type, CellEvent e)
    {
        if (_outputs.Count >= _limit.Outputs)
        {
            _omitted += e.Data?.Sum(part => (long)part.Value.Length) ?? 0;
            return;
        }
        var output = new JsonObject { ["output_type"] = type };
        if (type == "execute_result")
            output["execution_count"] = _count;
        output["data"] = new JsonObject();
        output["metadata"] = new JsonObject();
        var shown = new Shown(output);
        Append(output);
        SetData(shown, e.Data ?? []);
        if (e.Id is null)
            return;
        if (!_displayed.TryGetValue(e.Id, out var same))
            _displayed[e.Id] = same = [];
        same.Add(shown);
    }

    private void SetData(Shown shown, Dictionary<string, string> data)
    {
        var bundles = PlotlyBundle.Of(data.GetValueOrDefault("text/html", "")).Sum(bundle => (long)bundle.End - bundle.Start);
        var size = (Own: data.Sum(part => (long)part.Value.Length) - bundles, Bundles: bundles);
        var others = (Own: _shown.Own - shown.Size.Own, Bundles: _shown.Bundles - shown.Size.Bundles);
        if (others.Own + size.Own > _limit.Shown || others.Bundles + size.Bundles > _limit.Bundles)
        {
            data = _limit.TooLong(data);
            size = default;
        }
        _shown = (others.Own + size.Own, others.Bundles + size.Bundles);
        shown.Size = size;
        shown.Output["data"] = Data(data);
    }

    private static JsonObject Data(Dictionary<string, string> values)
    {
        var data = new JsonObject();
        foreach (var (mime, value) in values)
        {
            var text = NotebookJson.WellFormed(value);
            if (mime != "application/json")
                data[mime] = mime.StartsWith("text/", StringComparison.Ordinal) || mime == "image/svg+xml" ? Cell.Lines(text) : text;
            else if (NotebookJson.TryParse(text, out var json, out var problem))
                data[mime] = json;
            else if (!values.ContainsKey("text/plain"))
                data["text/plain"] = Cell.Lines($"[No JSON that a notebook can hold: {problem}]\n{text}");
        }
        return data;
    }

    /// <summary>A displayed value's output, and how many characters it has, without its bundles and of them.</summary>
    private sealed class Shown(JsonObject output)
    {
        public JsonObject Output => output;

        public (long Own, long Bundles) Size { get; set; }
    }
}
