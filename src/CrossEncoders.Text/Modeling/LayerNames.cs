namespace CrossEncoders.Modeling;

/// <summary>Names of a layer's parts in a checkpoint, below the layer's own prefix.</summary>
internal sealed record LayerNames(
    string Prefix,
    string Query,
    string Key,
    string Value,
    string AttentionOutput,
    string AttentionNorm,
    string Inner,
    string Output,
    string OutputNorm
)
{
    public static readonly LayerNames Bert = new(
        "encoder.layer.",
        "attention.self.query",
        "attention.self.key",
        "attention.self.value",
        "attention.output.dense",
        "attention.output.LayerNorm",
        "intermediate.dense",
        "output.dense",
        "output.LayerNorm"
    );

    public static readonly LayerNames DistilBert = new(
        "transformer.layer.",
        "attention.q_lin",
        "attention.k_lin",
        "attention.v_lin",
        "attention.out_lin",
        "sa_layer_norm",
        "ffn.lin1",
        "ffn.lin2",
        "output_layer_norm"
    );

    public static readonly LayerNames Deberta = Bert with
    {
        Query = "attention.self.query_proj",
        Key = "attention.self.key_proj",
        Value = "attention.self.value_proj",
    };
}
