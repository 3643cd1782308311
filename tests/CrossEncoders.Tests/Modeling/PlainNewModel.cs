using CrossEncoders.Modeling;

namespace CrossEncoders.Tests.Modeling;

/// <summary>gte-multilingual's architecture in double precision, number by number, with relu in the gate.</summary>
internal sealed class PlainNewModel
{
    private readonly Dictionary<string, (long[] Shape, float[] Values)> _stored;
    private readonly int _heads;
    private readonly double _theta;
    private readonly double _factor;

    private PlainNewModel(SequenceClassifier model, double theta, double factor)
    {
        _stored = model
            .Parameters.Named()
            .ToDictionary(entry => entry.Name, entry => (entry.Tensor.shape, entry.Tensor.data<float>().ToArray()));
        (_heads, _theta, _factor) = (model.Config.Heads, theta, factor);
    }

    /// <summary>The logit of one text.</summary>
    public static float Logit(SequenceClassifier model, long[] text, double theta, double factor)
    {
        var plain = new PlainNewModel(model, theta, factor);
        double[][] states = [.. text.Select(plain.Embedded)];
        for (var layer = 0; layer < model.Config.Layers; layer++)
            states = plain.Layer(states, $"new.encoder.layer.{layer}.");
        return (float)plain.Product("classifier", [.. plain.Product("new.pooler.dense", states[0]).Select(Math.Tanh)])[0];
    }

    private double[] Embedded(long id) =>
        Norm(
            "new.embeddings.LayerNorm",
            Sum(Row("new.embeddings.word_embeddings.weight", id), Row("new.embeddings.token_type_embeddings.weight", 0))
        );

    private double[][] Layer(double[][] states, string at)
    {
        double[][] projected =
        [
            .. states.Select(x =>
                _stored.ContainsKey(at + "attention.qkv_proj.weight")
                    ? Product(at + "attention.qkv_proj", x)
                    : [.. "qkv".SelectMany(part => Product($"{at}attention.{part}_proj", x))]
            ),
        ];
        var (hidden, size) = (states[0].Length, states[0].Length / _heads);
        double[] Head(int token, int part, int head) =>
            projected[token][(part * hidden + head * size)..(part * hidden + (head + 1) * size)];
        IEnumerable<double> Context(int token, int head)
        {
            var query = Turned(Head(token, 0, head), token);
            double[] weights =
            [
                .. states.Select((_, other) => Math.Exp(Dot(query, Turned(Head(other, 1, head), other)) / Math.Sqrt(size))),
            ];
            return Enumerable.Range(0, size).Select(i => weights.Select((w, other) => w * Head(other, 2, head)[i]).Sum() / weights.Sum());
        }

        double[] After(double[] state, int token)
        {
            double[] context = [.. Enumerable.Range(0, _heads).SelectMany(head => Context(token, head))];
            var attended = Norm(at + "attn_ln", Sum(state, Product(at + "attention.o_proj", context)));
            var wide = Product(at + "mlp.up_gate_proj", attended);
            var half = wide.Length / 2;
            double[] gated = [.. wide[..half].Zip(wide[half..], (up, gate) => up * Math.Max(gate, 0))];
            return Norm(at + "mlp_ln", Sum(attended, Product(at + "mlp.down_proj", gated)));
        }

        return [.. states.Select(After)];
    }

    /// <summary>The numbers i and i + half turned by the position times their speed.</summary>
    private double[] Turned(double[] head, int position)
    {
        var half = head.Length / 2;
        var slower = Math.Pow(_factor, 2.0 / head.Length);
        double Angle(int i) => position * Math.Pow(_theta * _factor, -2.0 * (i % half) / head.Length) / slower;
        return [.. head.Select((v, i) => v * Math.Cos(Angle(i)) + (i < half ? -head[i + half] : head[i - half]) * Math.Sin(Angle(i)))];
    }

    private double[] Row(string name, long row)
    {
        var (shape, values) = _stored[name];
        return [.. values.Skip((int)(row * shape[1])).Take((int)shape[1]).Select(x => (double)x)];
    }

    private double[] Product(string name, double[] x)
    {
        var bias = _stored.TryGetValue(name + ".bias", out var found) ? found.Values : null;
        var rows = (int)_stored[name + ".weight"].Shape[0];
        return [.. Enumerable.Range(0, rows).Select(i => Dot(Row(name + ".weight", i), x) + (bias?[i] ?? 0))];
    }

    private double[] Norm(string name, double[] x)
    {
        var (mean, weight, bias) = (x.Average(), _stored[name + ".weight"].Values, _stored[name + ".bias"].Values);
        var root = Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + 1e-12);
        return [.. x.Select((v, i) => (v - mean) / root * weight[i] + bias[i])];
    }

    private static double[] Sum(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
