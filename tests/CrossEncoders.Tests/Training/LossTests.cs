using System.Text.Json;
using CrossEncoders.Examples;
using CrossEncoders.Tests.Modeling;
using CrossEncoders.Training;
using CrossEncoders.Training.Losses;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Training;

/// <summary>Values and gradients of the losses against sentence-transformers (../shared/golden/losses).</summary>
public class LossTests
{
    private const double Tolerance = 1e-5;

    private static readonly Dictionary<string, Loss> Pointwise = new()
    {
        ["bce_with_logits"] = new BinaryCrossEntropyLoss(),
        ["bce_with_logits_pos_weight_5"] = new BinaryCrossEntropyLoss(5),
        ["mse_on_logits"] = new MeanSquaredErrorLoss(onSigmoid: false),
        ["mse_on_sigmoid"] = new MeanSquaredErrorLoss(),
        ["cross_entropy"] = new CrossEntropyLoss(),
    };

    private static readonly Dictionary<string, Loss> Listwise = new()
    {
        ["list_net"] = new ListNetLoss(),
        ["list_mle_input_order"] = new ListMLELoss(respectInputOrder: true),
        ["list_mle_label_order"] = new ListMLELoss(),
        ["p_list_mle"] = new PListMLELoss(respectInputOrder: true),
        ["rank_net"] = new RankNetLoss(),
        ["adr_mse"] = new ADRMSELoss(),
        ["lambda_NoWeightingScheme"] = new LambdaLoss(new NoWeightingScheme()),
        ["lambda_NDCGLoss1Scheme"] = new LambdaLoss(new NDCGLoss1Scheme()),
        ["lambda_NDCGLoss2Scheme"] = new LambdaLoss(new NDCGLoss2Scheme()),
        ["lambda_LambdaRankScheme"] = new LambdaLoss(new LambdaRankScheme()),
        ["lambda_NDCGLoss2PPScheme"] = new LambdaLoss(),
        ["lambda_k3"] = new LambdaLoss(k: 3),
    };

    public static TheoryData<string> PointwiseNames => [.. Pointwise.Keys];

    public static TheoryData<string> ListwiseNames => [.. Listwise.Keys];

    [Theory]
    [MemberData(nameof(PointwiseNames))]
    public void PointwiseEqualsTheReference(string name) => Check("pointwise", name, golden =>
        {
            using var scope = NewDisposeScope();
            var logits = tensor(Floats(golden.GetProperty("logits")))
                .view(golden.GetProperty("labels").GetArrayLength(), -1)
                .requires_grad_(true);
            return Run(logits, logits, Pointwise[name], Floats(golden.GetProperty("labels")), []);
        });

    [Theory]
    [MemberData(nameof(ListwiseNames))]
    public void ListwiseEqualsTheReference(string name) => Check("listwise", name, golden =>
        {
            using var scope = NewDisposeScope();
            var logits = tensor(Floats(golden.GetProperty("logits"))).requires_grad_(true);
            int[] groups = [.. golden.GetProperty("lists").EnumerateArray().Select(list => list.GetArrayLength())];
            return Run(logits, logits.view(-1, 1), Listwise[name], Floats(golden.GetProperty("labels")), groups);
        });

    [Theory]
    [InlineData("margin_mse_differences", true)]
    [InlineData("margin_mse_scores", false)]
    public void MarginsEqualTheReference(string name, bool labelsAreMargins) => Check("tuples", name, golden =>
        {
            using var scope = NewDisposeScope();
            var (columns, rows) = Columns(golden);
            var logits = tensor(Floats(golden.GetProperty("logits"))).requires_grad_(true);
            var places = tensor(Enumerable.Range(0, rows).SelectMany(row => columns.Select(column => (long)column[row])).ToArray());
            var labels = golden
                .GetProperty("labels")
                .EnumerateArray()
                .SelectMany(row => labelsAreMargins ? [9f, .. Floats(row)] : Floats(row)); // the first is ignored
            return Run(
                logits,
                logits.index_select(0, places).view(-1, 1),
                new MarginMSELoss(labelsAreMargins),
                [.. labels],
                [.. Enumerable.Repeat(columns.Length, rows)]
            );
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MultipleNegativesEqualTheReference(bool cached) => Check("tuples", "mnrl_all_negatives_scale10_sigmoid", golden =>
        {
            using var scope = NewDisposeScope();
            var (columns, rows) = Columns(golden);
            var loss = cached
                ? new CachedMultipleNegativesRankingLoss(negatives: null, miniBatchSize: 5)
                : new MultipleNegativesRankingLoss(negatives: null);
            var batch = Enumerable
                .Range(0, rows)
                .SelectMany(row =>
                    columns.Select((column, i) => new InputExample([$"query {row}", $"passage {column[row]}"], i == 0 ? 1 : 0))
                )
                .ToList();
            var lists = loss.Pairs(batch, [.. Enumerable.Repeat(columns.Length, rows)], new Random(1));
            var logits = tensor(Floats(golden.GetProperty("logits"))).requires_grad_(true);
            var passages = lists.SelectMany(list => list).Select(pair => long.Parse(batch[pair.Passage].Passage.Split(' ')[1])).ToArray();
            var labels = lists.SelectMany(list => list).Select(pair => pair.Label).ToArray();
            int[] groups = [.. lists.Select(list => list.Count)];
            Assert.All(groups, size => Assert.Equal(rows * columns.Length, size));
            if (!cached)
                return Run(logits, logits.index_select(0, tensor(passages)).view(-1, 1), loss, labels, groups);
            var value = GradientCache.Backward(
                passages.Length,
                loss.MiniBatchSize!.Value,
                (start, count) => logits.index_select(0, tensor(passages[start..(start + count)])).view(-1, 1),
                all => loss.Compute(all, tensor(labels), groups)
            );
            return (value, logits.grad!.data<float>().ToArray());
        });

    [Fact]
    public void ListsWithNothingToCompareCostNothing()
    {
        foreach (
            var loss in (Loss[])
                [new LambdaLoss(), new RankNetLoss(), new PListMLELoss(), new ListMLELoss(), new LambdaLoss(new NDCGLoss1Scheme())]
        )
        {
            using var scope = NewDisposeScope();
            var logits = tensor((float[])[0.3f, -1, 2]).requires_grad_(true);
            var (value, gradient) = Run(logits, logits.view(-1, 1), loss, [0, 0, 0], [1, 1, 1]);
            Assert.Equal(0, value, 6);
            Assert.All(gradient, part => Assert.Equal(0, part, 6));
        }
    }

    [Fact]
    public void LongListsStayFinite()
    {
        foreach (var loss in Listwise.Values)
        {
            using var scope = NewDisposeScope();
            var logits = tensor(Enumerable.Range(0, 300).Select(i => i * 37 % 300 / 20f - 7).ToArray()).requires_grad_(true);
            var (value, gradient) = Run(logits, logits.view(-1, 1), loss, [.. Enumerable.Range(0, 300).Select(i => i % 4f)], [200, 99, 1]);
            Assert.True(double.IsFinite(value) && value > 0, $"{loss.Name}: {value}");
            Assert.All(gradient, part => Assert.True(float.IsFinite(part), loss.Name));
        }
    }

    /// <summary>Loss and gradient of the leaf.</summary>
    private static (double Loss, float[] Gradient) Run(Tensor leaf, Tensor logits, Loss loss, float[] labels, int[] groups)
    {
        var value = loss.Compute(logits, tensor(labels), groups);
        value.backward();
        return (value.item<float>(), leaf.grad!.flatten().data<float>().ToArray());
    }

    private static void Check(string file, string name, Func<JsonElement, (double Loss, float[] Gradient)> run)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Shared.Path($"golden/losses/{file}.json")));
        var golden = json.RootElement.GetProperty(name);
        var (loss, gradient) = run(golden);
        Assert.Equal(golden.GetProperty("loss").GetDouble(), loss, Tolerance);
        CheckpointParityTests.AssertClose(Floats(golden.GetProperty("grad")), gradient, Tolerance);
    }

    private static (int[][] Columns, int Rows) Columns(JsonElement golden)
    {
        int[][] columns =
        [
            .. golden
                .GetProperty("columns")
                .EnumerateArray()
                .Select(column => column.EnumerateArray().Select(place => place.GetInt32()).ToArray()),
        ];
        return (columns, columns[0].Length);
    }

    private static float[] Floats(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().SelectMany(Floats)] : [value.GetSingle()];
}
