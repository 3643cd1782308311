using CrossEncoders.Modeling;
using static CrossEncoders.Tests.Modeling.CheckpointParityTests;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Modeling;

/// <summary>The parts that every encoder is made of, against plain loops and formulas.</summary>
public sealed class BlocksTests : TensorTest
{
    [Theory]
    [InlineData(1e-12)]
    [InlineData(0.1)]
    public void ANormSubtractsTheMeanAndDividesByTheDeviation(double epsilon)
    {
        var norm = new Norm(Parameters, "n", 4, epsilon);
        Fill([2, 1, 0.5f, -1], [0, 1, 2, 3]); // weights, biases
        float[] row = [1, 2, 4, 9];
        var mean = row.Average();
        var deviation = Math.Sqrt(row.Average(x => (x - mean) * (x - mean)) + epsilon); // of all, not of all but one
        float[] weights = [2, 1, 0.5f, -1];
        float[] expected = [.. row.Select((x, i) => (float)((x - mean) / deviation * weights[i] + i))];
        AssertClose(expected, Numbers(norm.Forward(tensor(row).view(1, 1, 4))), 1e-6);
    }

    [Fact]
    public void ANormWithoutBiasHasOneParameterAndKeepsTheTypeOfTheStates()
    {
        var norm = new Norm(Parameters, "n", 2, 1e-5, hasBias: false);
        Fill([3, 3]);
        Assert.Equal(["n.weight"], Parameters.Parameters.SelectMany(parameter => parameter.Names));
        var half = norm.Forward(tensor(new[] { 1f, 3 }).to_type(ScalarType.BFloat16));
        Assert.Equal(ScalarType.BFloat16, half.dtype);
        AssertClose([-3, 3], Numbers(half), 1e-2);
    }

    [Fact]
    public void AnEmbeddingLooksRowsUp()
    {
        var words = new Embedding(Parameters, 3, 2, "w");
        Fill([0, 1, 10, 11, 20, 21]);
        var found = words.Forward(tensor([2L, 0, 0, 1], [2, 2]));
        Assert.Equal([2L, 2, 2], found.shape);
        Assert.Equal([20f, 21, 0, 1, 0, 1, 10, 11], Numbers(found));
        Assert.Equal([3L, 2], words.Table.shape);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(0, 2)]
    [InlineData(1, 2)]
    [InlineData(0, 3)]
    public void AFusedMatrixComputesWhatItsPartsCompute(int first, int count)
    {
        using var separate = new ParameterSet();
        Dense[] parts = [.. "qkv".Select(letter => new Dense(separate, 3, 4, $"{letter}"))];
        separate.Allocate(CPU);
        ParameterSet.Initialize(1, separate.Parameters);
        foreach (var bias in separate.Parameters.Where(parameter => parameter.Kind == ParameterKind.Vector))
            bias.Master.normal_(0, 1);
        var fused = new Dense(Parameters, 3, 4, "q", "k", "v");
        Parameters.Allocate(CPU);
        var stored = separate.Named().ToDictionary(entry => entry.Name, entry => entry.Tensor);
        foreach (var (name, part) in Parameters.Named())
            part.copy_(stored[name]);

        var states = randn(2, 5, 4);
        var expected = cat([.. parts.Skip(first).Take(count).Select(part => part.Forward(states))], -1);
        AssertClose(Numbers(expected), Numbers(fused.Forward(states, first, count)), 1e-6);
        if (count == 3)
            AssertClose(Numbers(expected), Numbers(fused.Forward(states)), 1e-6);
    }

    [Fact]
    public void AMatrixIsOutputsByInputsAndTheBiasIsOptional()
    {
        var dense = new Dense(Parameters, 2, 3, hasBias: false, "d");
        Fill([1, 2, 3, -1, 0, 1]);
        Assert.Equal(["d.weight"], Parameters.Parameters.SelectMany(parameter => parameter.Names));
        Assert.Equal([14f, 2], Numbers(dense.Forward(tensor(new[] { 1f, 2, 3 }))));
    }

    [Fact]
    public void AHeadComputesInFp32WhateverTheComputeType()
    {
        var dense = new Dense(Parameters, 1, 1, "d");
        Fill([1], [0]);
        Parameters.SetComputeType(ScalarType.BFloat16);
        var logit = dense.ForwardInFp32(tensor(new[] { 1.0001f })); // bfloat16 would round it to 1
        Assert.Equal(ScalarType.Float32, logit.dtype);
        Assert.Equal(1.0001f, logit.item<float>());
    }

    [Theory]
    [InlineData("gelu", new[] { -0.15865526f, 0, 0.34573123f, 0.8413447f, 1.9544997f })]
    [InlineData("gelu_new", new[] { -0.15880801f, 0, 0.34571401f, 0.84119199f, 1.95459769f })]
    [InlineData("gelu_pytorch_tanh", new[] { -0.15880801f, 0, 0.34571401f, 0.84119199f, 1.95459769f })]
    [InlineData("relu", new[] { 0f, 0, 0.5f, 1, 2 })]
    [InlineData("silu", new[] { -0.26894142f, 0, 0.31122967f, 0.73105858f, 1.76159416f })]
    [InlineData("tanh", new[] { -0.76159416f, 0, 0.46211716f, 0.76159416f, 0.96402758f })]
    public void ActivationsAreTheirFormulas(string name, float[] expected)
    {
        AssertClose(expected, Numbers(Activations.Apply(name, tensor(new[] { -1f, 0, 0.5f, 1, 2 }))), 1e-6);
        Assert.Contains(name, Activations.Names);
    }

    [Fact]
    public void AnUnknownActivationIsNamed()
    {
        var error = Assert.Throws<CrossEncoderException>(() => Activations.Apply("mish", zeros(1)));
        Assert.Contains("'mish' is not supported. Supported: gelu, gelu_new", error.Message);
    }

    [Theory]
    [InlineData(false, ScalarType.Float32, 1e-5)]
    [InlineData(true, ScalarType.Float32, 1e-5)]
    [InlineData(false, ScalarType.BFloat16, 3e-2)] // written out
    [InlineData(true, ScalarType.BFloat16, 3e-2)]
    public void AttentionWeighsValuesByTheSoftmaxOfScaledProducts(bool masked, ScalarType type, double tolerance)
    {
        var (query, key, value) = (randn(2, 3, 4, 5), randn(2, 3, 4, 5), randn(2, 3, 4, 5));
        bool[] seen = [true, true, false, true, true, false, false, false];
        var mask = masked ? tensor(seen, [2, 1, 1, 4]) : null;
        var context = Attention.Of(query.to_type(type), key.to_type(type), value.to_type(type), mask, null);
        var expected = new List<float>();
        for (var b = 0; b < 2; b++)
        for (var h = 0; h < 3; h++)
        for (var i = 0; i < 4; i++)
        {
            var (q, k, v) = (Row(query, b, h, i), Range(key, b, h), Range(value, b, h));
            var visible = Enumerable.Range(0, 4).Where(j => !masked || seen[b * 4 + j]).ToList();
            var weights = visible.Select(j => Math.Exp(q.Zip(k[j], (x, y) => x * y).Sum() / Math.Sqrt(5))).ToList();
            expected.AddRange(
                Enumerable.Range(0, 5).Select(d => (float)(visible.Zip(weights, (j, w) => w * v[j][d]).Sum() / weights.Sum()))
            );
        }

        AssertClose(expected, Numbers(context), tolerance);
    }

    [Fact]
    public void AttentionMayBeHiddenForEachQuery()
    {
        var value = tensor(new[] { 1f, 2, 3 }).view(1, 1, 3, 1);
        var diagonal = eye(3).to_type(ScalarType.Bool).view(1, 1, 3, 3);
        Assert.Equal([1f, 2, 3], Numbers(Attention.Of(randn(1, 1, 3, 1), randn(1, 1, 3, 1), value, diagonal, null)));
    }

    [Fact]
    public void DropoutOfAttentionDropsWeightsAndNoOtherDoes()
    {
        var (states, value) = (zeros(1, 1, 64, 2), ones(1, 1, 64, 2));
        Assert.All(Numbers(Attention.Of(states, states, value, null, new(0.9, 0, 0.9))), weight => Assert.Equal(1, weight, 1e-5));
        var dropped = Numbers(Attention.Of(states, states, value, null, new(0, 0.5, 0)));
        Assert.True(dropped.Distinct().Count() > 3);
        Assert.InRange(dropped.Average(), 0.8, 1.2); // what is kept counts double
    }

    private static float[][] Range(Tensor states, int batch, int head) =>
        [.. Enumerable.Range(0, 4).Select(i => Row(states, batch, head, i))];

    private static float[] Row(Tensor states, int batch, int head, int position) => Numbers(states[batch, head, position]);

    private void Fill(params float[][] values)
    {
        Parameters.Allocate(CPU);
        Parameters.Flat.copy_(tensor(values.SelectMany(part => part).ToArray()));
    }
}
