using CrossEncoders.Runtime;
using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>
/// Attention in training, with a way back of its own: a few texts at a time, whose scores stay in a core's cache, are computed again in the
/// backward pass instead of being kept, and are zeroed and scaled in their place.
/// </summary>
/// <remarks>
/// The backward pass is that of Dao et al. 2022, "FlashAttention", algorithm 4, with a whole text as a block. The gradient of a softmax
/// needs the sum of weights times gradients of each row, which dropout does not change.
/// </remarks>
internal sealed class TextAttention : autograd.SingleTensorFunction<TextAttention>
{
    /// <inheritdoc/>
    public override string Name => nameof(TextAttention);

    /// <summary>The context of each query, (1, queries, hidden).</summary>
    /// <param name="queries">
    /// Projected queries, (1, texts, hidden) of first tokens alone; null where they are the first third of <paramref name="projected"/>.
    /// </param>
    /// <param name="projected">Projected (queries,) keys and values of all tokens, (1, tokens, 3 or 2 × hidden), contiguous.</param>
    /// <param name="texts">Where texts begin and how long they are.</param>
    /// <param name="plan">Heads and dropout.</param>
    public static Tensor Of(Tensor? queries, Tensor projected, IReadOnlyList<TextBlock> texts, AttentionPlan plan) =>
        apply(queries!, projected, texts, plan);

    /// <inheritdoc/>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var pass = new Pass((Tensor?)vars[0], (Tensor)vars[1], (IReadOnlyList<TextBlock>)vars[2], (AttentionPlan)vars[3]);
        ctx.save_for_backward([pass.Queries!, pass.Projected]);
        ctx.save_data("texts", pass.Texts);
        ctx.save_data("plan", pass.Plan);
        return pass.Forward();
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var saved = ctx.get_saved_variables();
        var pass = new Pass(saved[0], saved[1], (IReadOnlyList<TextBlock>)ctx.get_data("texts"), (AttentionPlan)ctx.get_data("plan"));
        var (queries, projected) = pass.Backward(grad_output);
        return [queries!, projected, null!, null!];
    }

    private sealed record Pass(Tensor? Queries, Tensor Projected, IReadOnlyList<TextBlock> Texts, AttentionPlan Plan)
    {
        private readonly int _parts = Queries is null ? 3 : 2;

        public Tensor Forward()
        {
            var context = empty([1, Queries?.size(1) ?? Projected.size(1), Projected.size(2) / _parts], Projected.dtype);
            Each(text =>
            {
                var (_, value, weights) = Weights(text);
                Dropping.Weights(weights, weights, Plan.Dropout, SeedOf(text));
                Asked(context, text).copy_(weights.matmul(value));
            });
            return context;
        }

        public (Tensor? Queries, Tensor Projected) Backward(Tensor gradient)
        {
            using var guard = no_grad();
            var scale = 1 / Math.Sqrt(HeadSize);
            var wide = gradient.contiguous();
            var (queries, projected) = (Queries is null ? null : empty_like(Queries), empty_like(Projected));
            Each(text =>
            {
                var (key, value, weights) = Weights(text);
                var (query, context) = (Query(Queries, Projected, text), Asked(wide, text).contiguous());
                var dropped = Plan.Dropout > 0 ? empty_like(weights) : weights;
                Dropping.Weights(weights, dropped, Plan.Dropout, SeedOf(text));
                Part(projected, text, _parts - 1).copy_(dropped.transpose(2, 3).matmul(context));
                var scores = context.matmul(value.transpose(2, 3));
                SoftmaxGradient.InPlace(weights, dropped, scores, scale);
                Query(queries, projected, text).copy_(scores.matmul(key));
                Part(projected, text, _parts - 2).copy_(scores.transpose(2, 3).matmul(query));
            });
            return (queries, projected);
        }

        private long HeadSize => Projected.size(2) / _parts / Plan.Heads;

        private (Tensor Key, Tensor Value, Tensor Weights) Weights(TextBlock text)
        {
            var (key, value) = (Part(Projected, text, _parts - 2).contiguous(), Part(Projected, text, _parts - 1).contiguous());
            var weights = Query(Queries, Projected, text).matmul(key.transpose(2, 3));
            if (Plan.Attendable?.Invoke(text.Length) is { } attendable)
                weights = weights.Without(attendable.logical_not());
            RowSoftmax.InPlace(weights, 1 / Math.Sqrt(HeadSize));
            return (key, value, weights);
        }

        private ulong SeedOf(TextBlock text) => Plan.Seed + 8 * (ulong)text.First; // neighbouring seeds share numbers

        private Tensor Query(Tensor? queries, Tensor projected, TextBlock text) =>
            queries is null ? Part(projected, text, 0) : Asked(queries, text);

        /// <summary>What belongs to the queries of some texts, (texts, heads, length or 1, head size).</summary>
        private Tensor Asked(Tensor all, TextBlock text) =>
            Split(
                Queries is null ? all.narrow(1, text.Start, text.Count * text.Length) : all.narrow(1, text.First, text.Count),
                text.Count,
                1,
                0
            );

        /// <summary>A part of what is projected of some texts' tokens, (texts, heads, length, head size).</summary>
        private Tensor Part(Tensor all, TextBlock text, int part) =>
            Split(all.narrow(1, text.Start, text.Count * text.Length), text.Count, _parts, part);

        private Tensor Split(Tensor all, long count, int parts, int part) =>
            all.view(count, -1, parts, Plan.Heads, HeadSize).select(2, part).transpose(1, 2);

        private void Each(Action<TextBlock> compute)
        {
            foreach (var text in Texts)
            {
                using var scope = NewDisposeScope();
                compute(text);
            }
        }
    }
}

/// <summary>Texts of one length that stand together in an unpadded batch.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Count">How many.</param>
/// <param name="Start">Where their tokens start.</param>
/// <param name="Length">Tokens of each.</param>
internal readonly record struct TextBlock(int First, int Count, long Start, long Length);

/// <summary>How a batch's attention is computed.</summary>
/// <param name="Heads">Attention heads.</param>
/// <param name="Dropout">Probability of a weight's being zeroed.</param>
/// <param name="Seed">Decides which are.</param>
/// <param name="Attendable">
/// True where a key may be attended to in a text of a length, bool, (1, 1, length, length); null for everywhere.
/// </param>
internal sealed record AttentionPlan(int Heads, double Dropout, ulong Seed, Func<long, Tensor?>? Attendable = null);
