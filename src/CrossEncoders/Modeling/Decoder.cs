using static TorchSharp.torch;

namespace CrossEncoders.Modeling;

/// <summary>
/// The decoder of Qwen2 (Yang et al. 2024) and Qwen3 (Yang et al. 2025), read as an encoder whose tokens see only what is before them:
/// RMS normalization, rotary positions, heads of keys shared by several of queries, gated feed-forward.
/// </summary>
/// <remarks>Keys and computation follow transformers' <c>modeling_qwen2.py</c> and <c>modeling_qwen3.py</c>.</remarks>
internal sealed class Decoder : Encoder
{
    private readonly RmsNorm _finalNorm;
    private readonly DecoderLayer[] _layers;

    public Decoder(ModelConfig config, Family family, ParameterSet parameters)
        : base(config, family, parameters)
    {
        Words = new(parameters, config.VocabularySize, config.HiddenSize, family.Prefix + "embed_tokens");
        _layers = [.. Enumerable.Range(0, config.Layers).Select(i => new DecoderLayer(parameters, $"{family.Prefix}layers.{i}.", config))];
        _finalNorm = new(parameters, family.Prefix + "norm", config.HiddenSize, config.LayerNormEpsilon);
    }

    /// <summary>How many tokens, padding included, went through the layers so far.</summary>
    public long TokensRead { get; private set; }

    /// <summary>The word embeddings, which may be the output matrix, too.</summary>
    public Embedding Words { get; }

    internal override IEncoderPass Begin(EncoderInput input) => new Pass(this, input, null);

    private protected override IEncoderPass? BeginUnpadded(EncoderInput input) =>
        Unpadded.Of(input, TrainsUnpadded, paddedInFront: !input.FirstTokenOnly) is { } texts ? new UnpaddedPass(this, input, texts) : null;

    /// <summary>Each head of keys or values as often as heads of queries share it.</summary>
    private Tensor Shared(Tensor heads) =>
        Config.Heads == Config.KeyValueHeads ? heads : heads.repeat_interleave(Config.Heads / Config.KeyValueHeads, 1);

    /// <summary>A token itself and what is before it, bool (1, 1, length, length).</summary>
    private static Tensor Before(long length) => ones(1, 1, length, length, ScalarType.Bool).tril();

    /// <summary>Reads the first tokens that texts have in common, int64 (1, sequence).</summary>
    public PrefixKeys ReadPrefix(Tensor ids)
    {
        using var scope = NewDisposeScope();
        var prefix = new PrefixKeys((int)ids.size(1));
        Run(new Pass(this, new(ids, ids, Mask: null, FirstTokenOnly: false, Dropout: null), prefix, reads: true));
        return prefix;
    }

    /// <summary>The states of what follows a prefix, padded on either side: (batch, sequence) to (batch, sequence, hidden).</summary>
    public Tensor ForwardAfter(PrefixKeys prefix, Tensor ids, Tensor? mask)
    {
        using var scope = NewDisposeScope();
        return Run(new Pass(this, new(ids, ids, mask, FirstTokenOnly: false, Dropout: null), prefix)).MoveToOuterDisposeScope();
    }

    private sealed class Pass : IEncoderPass
    {
        private readonly Decoder _decoder;
        private readonly EncoderInput _input;
        private readonly PrefixKeys? _prefix;
        private readonly Tensor? _attendable; // (batch or 1, 1, sequence, prefix + sequence); null for all that is before a token
        private readonly (Tensor, Tensor) _turns; // (batch or 1, 1, sequence, head size)

        public Pass(Decoder decoder, EncoderInput input, PrefixKeys? prefix, bool reads = false)
        {
            (_decoder, _input, _prefix) = (decoder, input, prefix);
            var (length, device) = (input.Ids.size(1), input.Ids.device);
            var positions = Arithmetic.Range(0, length, ScalarType.Float32, device).view(1, 1, length);
            // Padding at the end is after all tokens, so that none sees it. In front it has to be hidden, and positions count from its end;
            // a token always sees itself, so that padding does not compute 0 / 0.
            if (input.Mask is { } mask && !mask.select(1, 0).all().item<bool>())
            {
                var before = ones(length, length, ScalarType.Bool, device).tril();
                var self = eye(length, dtype: ScalarType.Bool, device: device);
                _attendable = mask.view(-1, 1, 1, length).logical_and(before).logical_or(self);
                positions = mask.to_type(ScalarType.Float32).cumsum(1).Plus(-1L).relu().unsqueeze(1);
            }

            if (prefix is not null && !reads)
            {
                _attendable ??= ones(1, 1, length, length, dtype: ScalarType.Bool, device: device).tril();
                var before = ones(_attendable.size(0), 1, length, prefix.Length, dtype: ScalarType.Bool, device: device);
                _attendable = cat([before, _attendable], -1);
                positions = positions.Plus((long)prefix.Length);
            }

            _turns = Rotary.Turns(positions, decoder.Config.HeadSize, decoder.Config.Decoder.RopeTheta);
        }

        public Tensor Embed() // (batch, sequence, hidden)
        {
            _decoder.TokensRead += _input.Ids.numel();
            return _decoder.Words.Forward(_input.Ids).to_type(_decoder.Parameters.ComputeType);
        }

        public Tensor Layer(int index, Tensor states)
        {
            return _decoder._layers[index].Forward(states, Attend, _turns);

            Tensor Attend(Tensor query, Tensor key, Tensor value)
            {
                if (_prefix is not null)
                    (key, value) = _prefix.Join(index, key, value);
                var (keys, values) = (_decoder.Shared(key), _decoder.Shared(value));
                return Attention.Of(query, keys, values, _attendable, _input.Dropout, causal: _attendable is null);
            }
        }

        public Tensor Finish(Tensor states) => _decoder._finalNorm.Forward(_input.FirstTokenOnly ? states.narrow(1, 0, 1) : states);
    }

    /// <summary>The same for a batch without its padding.</summary>
    private sealed class UnpaddedPass(Decoder decoder, EncoderInput input, Unpadded texts) : IEncoderPass
    {
        private readonly (Tensor, Tensor) _turns = Rotary.Turns(
            texts.Positions(),
            decoder.Config.HeadSize,
            decoder.Config.Decoder.RopeTheta
        ); // (1, 1, tokens, head size)

        public Tensor Embed() // (1, tokens, hidden)
        {
            var ids = texts.Row(input.Ids);
            decoder.TokensRead += ids.numel();
            return decoder.Words.Forward(ids).to_type(decoder.Parameters.ComputeType);
        }

        public Tensor Layer(int index, Tensor states) => decoder._layers[index].Forward(states, Attend, _turns);

        public Tensor Finish(Tensor states)
        {
            using var scope = NewDisposeScope();
            var wanted = input.FirstTokenOnly ? states.index_select(1, texts.FirstTokens) : states;
            return texts.Padded(decoder._finalNorm.Forward(wanted), input.FirstTokenOnly).MoveToOuterDisposeScope();
        }

        private Tensor Attend(Tensor query, Tensor key, Tensor value)
        {
            var (keys, values) = (decoder.Shared(key), decoder.Shared(value));
            return is_grad_enabled() || input.Dropout is not null
                ? texts.Train(query, keys, values, input.Dropout, Before)
                : texts.Attend(query, keys, values, (some, their, own) => Attention.Of(some, their, own, null, null, causal: true));
        }
    }
}
