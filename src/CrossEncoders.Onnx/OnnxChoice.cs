using CrossEncoders.Files;
using CrossEncoders.Runtime;

namespace CrossEncoders.Onnx;

/// <summary>Which of a model's exported files is served.</summary>
/// <param name="File">The file, in the model's folder.</param>
/// <param name="Why">Why that one, for the user.</param>
internal sealed record OnnxChoice(string File, string Why)
{
    /// <summary>
    /// The file that is asked for; else the one in 8 bits, where it was compared with the checkpoint on a processor like this and passed;
    /// else the first of fp32, fp16 and 8 bits that is there. Null where it is not there.
    /// </summary>
    /// <param name="isThere">Whether a file is there.</param>
    /// <param name="options">What is asked for.</param>
    /// <param name="notes">What comparisons of the files said.</param>
    /// <exception cref="CrossEncoderException">Both a file and a precision are asked for.</exception>
    public static OnnxChoice? Of(Func<string, bool> isThere, OnnxCrossEncoderOptions options, IEnumerable<QualityNote> notes)
    {
        if (Asked(options) is { } asked)
            return isThere(asked) ? new(asked, "as asked") : null;
        var quantized = OnnxFiles.Of(OnnxPrecision.Quantized);
        var note = notes.FirstOrDefault(each => each.File == quantized && each.Instructions == Processor.InstructionSet);
        if (note?.NdcgShare >= QualityNote.Gate && isThere(quantized))
            return new(quantized, FormattableString.Invariant($"which kept {100 * note.NdcgShare:0.00} % of NDCG@10 on such a processor"));
        return Enum.GetValues<OnnxPrecision>().Select(OnnxFiles.Of).FirstOrDefault(isThere) is not { } file ? null
            : file == quantized ? new(file, "the only one there")
            : !isThere(quantized) ? new(file, "the most exact one there")
            : new(file, note is null ? "as 8 bits have not been compared on such a processor" : "as 8 bits rank worse on such a processor");
    }

    /// <summary>The files that may be chosen, for a message.</summary>
    public static string Names(OnnxCrossEncoderOptions options) =>
        Asked(options) ?? string.Join(", no ", Enum.GetValues<OnnxPrecision>().Select(OnnxFiles.Of));

    /// <summary>What is fetched before anything is chosen: all but the graphs, where there is one to choose.</summary>
    /// <param name="options">What is asked for.</param>
    public static FileChoice Description(OnnxCrossEncoderOptions options) =>
        all =>
            (
                [.. ModelFiles.Description(all), .. all.Where(name => name == QualityNote.Place)],
                !all.Contains(ModelFiles.Config) ? $"no {ModelFiles.Config}"
                : Of(all.Contains, options, []) is null ? $"no {Names(options)}"
                : null
            );

    /// <summary>All that is fetched: the graph last, after its weights where they lie beside it.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="notes">What comparisons of the files said.</param>
    public static FileChoice Whole(OnnxCrossEncoderOptions options, IReadOnlyList<QualityNote> notes) =>
        all =>
        {
            var (files, missing) = Description(options)(all);
            if (Of(all.Contains, options, notes) is not { File: var graph })
                return (files, missing);
            var weights = all.Where(name => name != graph && name.StartsWith(graph, StringComparison.Ordinal)); // model.onnx_data
            return ([.. files, .. weights, graph], missing);
        };

    private static string? Asked(OnnxCrossEncoderOptions options) =>
        options is { File: not null, Precision: not null }
            ? throw new CrossEncoderException(
                $"Both the file {options.File} and the precision {options.Precision} are asked for; expected at most one of the two."
            )
            : options.File ?? (options.Precision is { } precision ? OnnxFiles.Of(precision) : null);
}
