using CrossEncoders.Evaluation;
using CrossEncoders.Runtime;

namespace CrossEncoders.Onnx;

/// <summary>Keeps comparisons of exported files beside them.</summary>
public static class OnnxNotes
{
    /// <summary>
    /// Notes the comparison beside the compared file, for <see cref="OnnxCrossEncoder"/> on processors like this one: from then on it takes
    /// a file in 8 bits where that passed, and no longer where it did not. An export does the same for the machine it runs on.
    /// </summary>
    /// <param name="quality">What <see cref="ServedQuality.Verify"/> found.</param>
    /// <param name="folder">The model's folder.</param>
    /// <param name="precision">Which of its files was compared.</param>
    /// <exception cref="CrossEncoderException">The file is not there, or the note cannot be written.</exception>
    public static void NoteIn(this ServedQuality quality, string folder, OnnxPrecision precision) =>
        quality.Note(folder, OnnxFiles.Of(precision), QualityNote.Place, "Export the model to it (ExportOnnx), or check the path.");
}
