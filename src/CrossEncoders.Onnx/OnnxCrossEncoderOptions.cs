using Microsoft.ML.OnnxRuntime;

namespace CrossEncoders.Onnx;

/// <summary>How an exported cross-encoder is loaded.</summary>
public sealed record OnnxCrossEncoderOptions
{
    /// <summary>
    /// Which of the exported files is loaded; null, the default, takes the fastest that gives the checkpoint's ranking: the one in 8 bits
    /// where it passed the comparison on a processor like this one (<see cref="OnnxNotes.NoteIn"/>), else the most
    /// exact one. Name <see cref="OnnxPrecision.Fp32"/> where scores are compared with the checkpoint's.
    /// </summary>
    public OnnxPrecision? Precision { get; init; }

    /// <summary>A file by its name, for example "onnx/model_O3.onnx"; null goes by <see cref="Precision"/>.</summary>
    public string? File { get; init; }

    /// <summary>Branch, tag or commit on the hub.</summary>
    public string Revision { get; init; } = "main";

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

    /// <summary>
    /// What turns a logit into a score; null takes what the checkpoint says (identity for the MS MARCO models), else the sigmoid for one
    /// label, and the logits of several.
    /// </summary>
    public Func<float, float>? Activation { get; init; }

    /// <summary>The most pairs in a batch.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>The most tokens in a batch, padding included.</summary>
    public int TokenBudget { get; init; } = 8192;

    /// <summary>Threads that compute one batch; null leaves it to ONNX Runtime, which takes one for each core.</summary>
    public int? Threads { get; init; }

    /// <summary>Changes ONNX Runtime's own settings before the model is loaded, for example another execution provider.</summary>
    public Action<SessionOptions>? Configure { get; init; }

    /// <summary>A name for tables and charts; null takes the last part of the path.</summary>
    public string? Name { get; init; }

    /// <summary>Receives one-line notes (truncation); standard error by default.</summary>
    public Action<string> Report { get; init; } = note => Console.Error.WriteLine(note); // of the cell that runs then
}
