using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;

namespace CrossEncoders.Onnx.Graph;

/// <summary>A graph as it grows: nodes, constants and stored tensors. A value of the graph is known by its name.</summary>
internal sealed class GraphWriter
{
    private readonly GraphProto _graph = new() { Name = "cross-encoder" };
    private readonly Dictionary<string, string> _constants = [];
    private readonly HashSet<string> _tensors = [];
    private int _values;

    /// <summary>The graph as it is so far.</summary>
    public GraphProto Graph => _graph;

    /// <summary>Declares an input of int64 (batch, sequence).</summary>
    public string Input(string name)
    {
        _graph.Input.Add(Declared(name, ElementCode.Int64, "batch", "sequence"));
        return name;
    }

    /// <summary>Declares what a value is given out as, fp32 (batch, labels).</summary>
    public void Output(string value, string name, int labels)
    {
        var node = new NodeProto { OpType = "Identity" };
        node.Input.Add(value);
        node.Output.Add(name);
        _graph.Node.Add(node);
        _graph.Output.Add(Declared(name, ElementCode.Float, "batch", labels.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>Adds a node with one output and returns that.</summary>
    public string Node(string operation, IEnumerable<string> inputs, params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = operation };
        node.Input.AddRange(inputs);
        node.Output.Add($"{operation}_{_values++}");
        node.Attribute.AddRange(attributes);
        _graph.Node.Add(node);
        return node.Output[0];
    }

    /// <summary>Adds a stored tensor, whose bytes are not copied, unless there is one of that name already.</summary>
    public string Tensor<T>(string name, ElementCode type, ReadOnlySpan<long> shape, T[] values)
        where T : unmanaged
    {
        if (!_tensors.Add(name))
            return name;
        var tensor = new TensorProto
        {
            Name = name,
            DataType = (int)type,
            RawData = UnsafeByteOperations.UnsafeWrap(new ArrayBytes<T>(values).Memory),
        };
        tensor.Dims.AddRange(shape.ToArray());
        _graph.Initializer.Add(tensor);
        return name;
    }

    /// <summary>A list of int64, stored once however often it is asked for.</summary>
    public string Longs(params long[] values) => Constant("longs", values, ElementCode.Int64, [values.Length]);

    /// <summary>A single int64.</summary>
    public string Long(long value) => Constant("long", [value], ElementCode.Int64, []);

    /// <summary>A single fp32.</summary>
    public string Float(float value) => Constant("float", [value], ElementCode.Float, []);

    /// <summary>An attribute that is a whole number.</summary>
    public static AttributeProto Whole(string name, long value) =>
        new()
        {
            Name = name,
            I = value,
            Type = AttributeProto.Types.AttributeType.Int,
        };

    /// <summary>An attribute that is a list of whole numbers.</summary>
    public static AttributeProto Wholes(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }

    /// <summary>An attribute that is a number.</summary>
    public static AttributeProto Number(string name, double value) =>
        new()
        {
            Name = name,
            F = (float)value,
            Type = AttributeProto.Types.AttributeType.Float,
        };

    private string Constant<T>(string kind, T[] values, ElementCode type, long[] shape)
        where T : unmanaged
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"{kind} {string.Join(' ', values)}");
        if (!_constants.TryGetValue(key, out var name))
            _constants.Add(key, name = Tensor($"constant_{_constants.Count}", type, shape, values));
        return name;
    }

    private static ValueInfoProto Declared(string name, ElementCode type, params string[] shape)
    {
        var dimensions = new TensorShapeProto();
        dimensions.Dim.AddRange(
            shape.Select(size =>
                long.TryParse(size, CultureInfo.InvariantCulture, out var number)
                    ? new TensorShapeProto.Types.Dimension { DimValue = number }
                    : new TensorShapeProto.Types.Dimension { DimParam = size }
            )
        );
        return new()
        {
            Name = name,
            Type = new()
            {
                TensorType = new() { ElemType = (int)type, Shape = dimensions },
            },
        };
    }

    /// <summary>The bytes of an array as memory, which a span alone cannot become.</summary>
    private sealed class ArrayBytes<T>(T[] values) : System.Buffers.MemoryManager<byte>
        where T : unmanaged
    {
        public override Span<byte> GetSpan() => MemoryMarshal.AsBytes(values.AsSpan());

        public override System.Buffers.MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin() { }

        protected override void Dispose(bool disposing) { }
    }
}

/// <summary>Element types by the numbers of the format.</summary>
internal enum ElementCode
{
    Float = 1,
    UInt8 = 2,
    Int8 = 3,
    Int64 = 7,
    Bool = 9,
    Float16 = 10,
}
