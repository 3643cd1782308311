using System.Reflection;
using CrossEncoders.Modeling;
using Google.Protobuf;

namespace CrossEncoders.Onnx.Graph;

/// <summary>A loaded model as a file in ONNX format.</summary>
internal static class GraphFile
{
    /// <summary>What a file of the format can hold, with room for all but the weights; the rest goes beside it.</summary>
    public const long MostBytes = int.MaxValue - (64L << 20);

    private const int Alignment = 4096;

    /// <summary>Builds the graph of a model.</summary>
    /// <param name="model">The model; what is not exported is refused by name.</param>
    /// <param name="form">How weights are stored.</param>
    /// <param name="facts">Stored as the file's metadata.</param>
    public static ModelProto Build(SequenceClassifier model, IWeightForm form, IReadOnlyDictionary<string, string> facts)
    {
        var graph = new GraphWriter();
        var blocks = new GraphBlocks(graph, new(model.Parameters), form);
        var inputs = new GraphInputs(graph, model.Config);
        var states = EncoderGraph.Add(blocks, model, inputs, model.FirstTokenOnly);
        graph.Output(new HeadGraph(blocks, inputs).Add(model.Config, states), "logits", model.Config.Labels);
        var file = new ModelProto
        {
            IrVersion = 8, // the one of opset 17
            ProducerName = "CrossEncoders",
            ProducerVersion = Version,
            Graph = graph.Graph,
        };
        file.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = Operators.Opset });
        file.MetadataProps.AddRange(Entries(facts));
        return file;
    }

    /// <summary>Writes a file, and its weights beside it as <c>NAME_data</c> where one file cannot hold them.</summary>
    public static void Write(string path, ModelProto file, long mostBytes = MostBytes)
    {
        if (file.Graph.Initializer.Sum(tensor => (long)tensor.RawData.Length) > mostBytes)
            PutBeside(path + "_data", file.Graph);
        using var stream = File.Create(path);
        file.WriteTo(stream);
    }

    /// <summary>Adds metadata to a written file: in this format what follows at the end is merged with what was before.</summary>
    public static void AddFacts(string path, IReadOnlyDictionary<string, string> facts)
    {
        var more = new ModelProto();
        more.MetadataProps.AddRange(Entries(facts));
        using var stream = new FileStream(path, FileMode.Append);
        more.WriteTo(stream);
    }

    /// <summary>A fact of a written file; null where it has none of that name.</summary>
    public static string? Fact(string path, string name)
    {
        using var input = new CodedInputStream(File.OpenRead(path), leaveOpen: false);
        string? value = null;
        while (input.ReadTag() is > 0 and var tag)
            if (WireFormat.GetTagFieldNumber(tag) != ModelProto.MetadataPropsFieldNumber)
                input.SkipLastField();
            else if (StringStringEntryProto.Parser.ParseFrom(input.ReadBytes()) is { Key: var key } fact && key == name)
                value = fact.Value;
        return value;
    }

    /// <summary>The kit's version.</summary>
    public static string Version =>
        typeof(GraphFile).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private static void PutBeside(string path, GraphProto graph)
    {
        using var data = File.Create(path);
        foreach (var tensor in graph.Initializer.Where(tensor => tensor.RawData.Length >= Alignment))
        {
            data.Position = (data.Position + Alignment - 1) / Alignment * Alignment;
            var offset = data.Position;
            tensor.RawData.WriteTo(data);
            tensor.DataLocation = TensorProto.Types.DataLocation.External;
            tensor.ExternalData.AddRange(
                Entries(
                    new Dictionary<string, string>
                    {
                        ["location"] = Path.GetFileName(path),
                        ["offset"] = $"{offset}",
                        ["length"] = $"{tensor.RawData.Length}",
                    }
                )
            );
            tensor.ClearRawData();
        }
    }

    private static IEnumerable<StringStringEntryProto> Entries(IReadOnlyDictionary<string, string> facts) =>
        facts.Select(fact => new StringStringEntryProto { Key = fact.Key, Value = fact.Value });
}
