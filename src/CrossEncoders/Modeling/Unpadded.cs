using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>
/// A batch without its padding: the tokens of all texts one after the other in one row, (1, tokens, …). Only attention has to know where a
/// text ends; it is computed a few texts at a time, whose scores then stay in the processor's cache.
/// </summary>
/// <remarks>Zeng et al. 2022, "Boosting Distributed Training Performance of the Unpadded BERT Model".</remarks>
internal sealed class Unpadded
{
    private const long MostScores = 1 << 18; // numbers of attention matrices that a core's cache holds
    private const long LongestTrained = 4096; // tokens of a text whose scores are held at once
    private const int MostThreads = 8; // more would find too little to do in a few texts' attention

    private readonly long[] _shape; // of the padded batch: batch, sequence
    private readonly long[] _lengths; // tokens of each text
    private readonly Tensor? _places; // of the tokens in the padded batch, int64 (tokens); null where nothing is padded

    private Unpadded(EncoderInput input, long[] lengths)
    {
        (_shape, _lengths) = (input.Ids.shape, lengths);
        _places = input.Mask?.reshape(-1).nonzero().reshape(-1);
        var starts = new long[lengths.Length];
        for (var i = 1; i < starts.Length; i++)
            starts[i] = starts[i - 1] + lengths[i - 1];
        FirstTokens = tensor(starts);
    }

    /// <summary>Where the texts' first tokens are in the row, int64 (batch).</summary>
    public Tensor FirstTokens { get; }

    /// <summary>
    /// The batch without its padding where that pays, on a CPU; else null. Its tensors are the caller's dispose scope's.
    /// </summary>
    /// <param name="input">The padded batch.</param>
    /// <param name="trains">Whether the encoder's attention has a way back.</param>
    /// <param name="paddedInFront">Whether texts may be padded in front, too.</param>
    public static Unpadded? Of(EncoderInput input, bool trains = false, bool paddedInFront = false)
    {
        var isTraining = is_grad_enabled() || input.Dropout is not null;
        if ((isTraining && (!trains || input.Ids.size(1) > LongestTrained)) || input.Ids.size(0) < 2)
            return null;
        if (input.Ids.device.type != TorchSharp.DeviceType.CPU || get_num_threads() > MostThreads)
            return null;
        if (input.Mask is not { } mask)
            return new(input, [.. Enumerable.Repeat(input.Ids.size(1), (int)input.Ids.size(0))]);
        // Where heads read the first token, it is a text's.
        return paddedInFront || mask.select(1, 0).all().item<bool>() ? new(input, mask.sum(1).data<long>().ToArray()) : null;
    }

    /// <summary>(batch, sequence) to (1, tokens).</summary>
    public Tensor Row(Tensor padded)
    {
        var row = padded.reshape(-1);
        return (_places is null ? row : row.index_select(0, _places)).unsqueeze(0);
    }

    /// <summary>
    /// States of all tokens, (1, tokens, hidden), to (batch, sequence, hidden) with zeros where nothing is; those of the first tokens
    /// alone, (1, batch, hidden), to (batch, 1, hidden).
    /// </summary>
    public Tensor Padded(Tensor states, bool firstTokenOnly)
    {
        var width = states.size(2);
        if (firstTokenOnly)
            return states.view(-1, 1, width);
        if (_places is null)
            return states.view(_shape[0], _shape[1], width);
        var padded = zeros([_shape[0] * _shape[1], width], states.dtype);
        return padded.index_copy_(0, _places, states.view(-1, width)).view(_shape[0], _shape[1], width);
    }

    /// <summary>How far each token is from the start of its text, fp32 (1, 1, tokens).</summary>
    public Tensor Positions()
    {
        float[] all = [.. _lengths.SelectMany(length => Enumerable.Range(0, (int)length).Select(position => (float)position))];
        return tensor(all).view(1, 1, -1);
    }

    /// <summary>The context of each token where queries and keys were turned by position, (1, heads, tokens, head size) each.</summary>
    /// <param name="query">Queries.</param>
    /// <param name="key">Keys.</param>
    /// <param name="value">Values.</param>
    /// <param name="context">
    /// What a few texts of one length make of their queries, keys and values, (texts, heads, length, head size) each.
    /// </param>
    public Tensor Attend(Tensor query, Tensor key, Tensor value, Func<Tensor, Tensor, Tensor, Tensor> context)
    {
        var (heads, size) = (query.size(1), query.size(3));
        var contexts = new List<Tensor>();
        foreach (var (_, count, start, length) in Blocks((int)heads))
        {
            using var scope = NewDisposeScope();
            Tensor Of(Tensor all) => all.narrow(2, start, count * length).reshape(heads, count, length, size).transpose(0, 1);
            var joined = context(Of(query), Of(key), Of(value)).transpose(0, 1).reshape(1, heads, count * length, size);
            contexts.Add(joined.MoveToOuterDisposeScope());
        }

        return cat(contexts, 2);
    }

    /// <summary>The context of each query, (1, tokens or texts, hidden).</summary>
    /// <param name="queries">Projected queries, (1, tokens, hidden), or (1, texts, hidden) of the first tokens alone.</param>
    /// <param name="keysAndValues">Projected keys and values of all tokens, (1, tokens, 2 × hidden).</param>
    /// <param name="heads">The number of heads.</param>
    public Tensor Attend(Tensor queries, Tensor keysAndValues, int heads)
    {
        var firstTokenOnly = queries.size(1) == _lengths.Length && queries.size(1) != keysAndValues.size(1);
        var contexts = new List<Tensor>();
        foreach (var (first, count, start, length) in Blocks(heads))
        {
            var (from, asking) = firstTokenOnly ? (first, 1) : (start, length);
            contexts.Add(Attend(queries.narrow(1, from, count * asking), keysAndValues.narrow(1, start, count * length), count, heads));
        }

        return cat(contexts, 1);
    }

    /// <summary>The context of each query in training, (1, tokens or texts, hidden).</summary>
    /// <param name="queries">Projected queries of the first tokens, (1, texts, hidden); null where all tokens ask.</param>
    /// <param name="projected">Projected (queries,) keys and values of all tokens, (1, tokens, 3 or 2 × hidden).</param>
    /// <param name="heads">The number of heads.</param>
    /// <param name="dropout">Dropout to apply.</param>
    public Tensor Train(Tensor? queries, Tensor projected, int heads, Dropout? dropout) =>
        Train(queries, projected, heads, dropout, attendable: null);

    /// <summary>The same where queries and keys were turned by position, (1, heads, tokens, head size) each.</summary>
    /// <param name="query">Queries.</param>
    /// <param name="key">Keys.</param>
    /// <param name="value">Values.</param>
    /// <param name="dropout">Dropout to apply.</param>
    /// <param name="attendable">
    /// True where a key may be attended to in a text of a length, bool, (1, 1, length, length); null for everywhere.
    /// </param>
    public Tensor Train(Tensor query, Tensor key, Tensor value, Dropout? dropout, Func<long, Tensor?>? attendable = null)
    {
        var (heads, tokens) = (query.size(1), query.size(2));
        var projected = stack([query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2)], 2).view(1, tokens, -1);
        return Train(null, projected, (int)heads, dropout, attendable).view(1, tokens, heads, -1).transpose(1, 2);
    }

    private Tensor Train(Tensor? queries, Tensor projected, int heads, Dropout? dropout, Func<long, Tensor?>? attendable)
    {
        var probability = dropout?.Attention ?? 0;
        var plan = new AttentionPlan(heads, probability, probability > 0 ? Dropping.Seed() : 0, attendable);
        return TextAttention.Of(queries, projected, [.. Blocks(heads)], plan);
    }

    /// <summary>Texts of one length that stand together, as many as a cache holds.</summary>
    private IEnumerable<TextBlock> Blocks(int heads)
    {
        var start = 0L;
        for (int first = 0, count; first < _lengths.Length; first += count)
        {
            var length = _lengths[first];
            var most = Math.Max(1, MostScores / (heads * length * length));
            for (count = 1; count < most && first + count < _lengths.Length && _lengths[first + count] == length; count++) { }
            yield return new(first, count, start, length);
            start += count * length;
        }
    }

    private static Tensor Attend(Tensor queries, Tensor keysAndValues, int texts, int heads)
    {
        using var scope = NewDisposeScope();
        var width = queries.size(2);
        var shared = keysAndValues.view(texts, -1, 2, heads, width / heads);
        return Attention
            .Of(
                queries.view(texts, -1, heads, width / heads).transpose(1, 2), // (texts, heads, length or 1, head size)
                shared.select(2, 0).transpose(1, 2),
                shared.select(2, 1).transpose(1, 2),
                attendable: null,
                dropout: null
            )
            .transpose(1, 2)
            .reshape(1, -1, width)
            .MoveToOuterDisposeScope();
    }
}
