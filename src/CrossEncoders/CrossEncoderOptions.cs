using static TorchSharp.torch;

namespace CrossEncoders;

/// <summary>How a cross-encoder is loaded.</summary>
public sealed record CrossEncoderOptions
{
    /// <summary>"auto", "cpu", "cuda", "cuda:N" or "mps".</summary>
    public string Device { get; init; } = "auto";

    /// <summary>
    /// The type matrices are multiplied in; null chooses bfloat16 where the device computes it fast, else float32. Int8 is the fastest on a
    /// CPU with AVX512-VNNI: a scale for each output of a matrix and for each token, all else in bfloat16. It is chosen, too, where it was
    /// compared with Float32 on such a processor and passed: <c>Int8Quality.Of(folder, validation)?.NoteIn(folder)</c>.
    /// </summary>
    public ScalarType? ComputeType { get; init; }

    /// <summary>
    /// The longest pair in tokens; null takes what the folder says (sentence_bert_config.json, else tokenizer_config.json), at most the
    /// model's own limit.
    /// </summary>
    public int? MaxLength { get; init; }

    /// <summary>
    /// How documents are read that are longer than <see cref="MaxLength"/>, wherever the model scores; null reads one window and reports
    /// what was truncated.
    /// </summary>
    public LongDocuments? LongDocuments { get; init; }

    /// <summary>
    /// The text in front of every query, for example "Question: "; null takes the prompt of <see cref="PromptName"/>, else the folder's
    /// default prompt, and "" none.
    /// </summary>
    public string? Prompt { get; init; }

    /// <summary>The name of one of the folder's prompts (config_sentence_transformers.json) to put in front of every query.</summary>
    public string? PromptName { get; init; }

    /// <summary>The number of labels of a fresh head; null keeps the checkpoint's, 1 for a bare encoder.</summary>
    public int? Labels { get; init; }

    /// <summary>Load only the lowest layers of the encoder; null loads all.</summary>
    public int? Layers { get; init; }

    /// <summary>
    /// What turns a logit into a score; null takes what the checkpoint says (identity for the MS MARCO models), else the sigmoid for one
    /// label, and the logits of several.
    /// </summary>
    public Func<float, float>? Activation { get; init; }

    /// <summary>The most pairs in a batch when scoring.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>
    /// The most tokens in a batch when scoring, padding included. On a CPU batches have about 2 000, and as many are computed at once as
    /// libtorch has threads.
    /// </summary>
    public int TokenBudget { get; init; } = 8192;

    /// <summary>Branch, tag or commit on the hub.</summary>
    public string Revision { get; init; } = "main";

    /// <summary>A name for tables and charts; null takes the last part of the id or path.</summary>
    public string? Name { get; init; }

    /// <summary>Receives one-line notes (truncation, fresh and unused weights); standard error by default.</summary>
    public Action<string> Report { get; init; } = RunningCell.Note;
}
