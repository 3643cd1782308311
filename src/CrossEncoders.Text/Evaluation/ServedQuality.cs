using System.Globalization;
using CrossEncoders.Examples;
using CrossEncoders.Files;
using CrossEncoders.Runtime;

namespace CrossEncoders.Evaluation;

/// <summary>How a served model compares with the checkpoint that it was made of.</summary>
/// <param name="Pairs">The pairs that both scored.</param>
/// <param name="Questions">The questions among them that have something to rank.</param>
/// <param name="LargestDifference">The largest difference of two logits.</param>
/// <param name="MeanDifference">The mean of the differences, without their signs.</param>
/// <param name="KendallTau">Kendall's τ-b of all logits: 1 where both put all pairs in the same order.</param>
/// <param name="ServedNdcg">NDCG@10 of the served model.</param>
/// <param name="CheckpointNdcg">NDCG@10 of the checkpoint.</param>
/// <param name="Ndcg">The mean difference of NDCG@10, served − checkpoint, with its interval over the questions.</param>
/// <param name="InstructionSet">What the processor that it was measured on computes integers with.</param>
public sealed record ServedQuality(
    int Pairs,
    int Questions,
    double LargestDifference,
    double MeanDifference,
    double KendallTau,
    double ServedNdcg,
    double CheckpointNdcg,
    BootstrapInterval Ndcg,
    string InstructionSet
)
{
    private const int Cutoff = 10;

    /// <summary>
    /// The checkpoint whose products in 8 bits were compared, as <see cref="QualityNote.ContentOf"/> tells it; else null.
    /// </summary>
    internal string? Products { get; init; }

    /// <summary>The share of the checkpoint's NDCG@10 that the served model reaches.</summary>
    public double NdcgShare => CheckpointNdcg == 0 ? 1 : ServedNdcg / CheckpointNdcg;

    /// <summary>Whether that is enough to serve it: at least 99.5 %.</summary>
    public bool Passed => NdcgShare >= QualityNote.Gate;

    /// <summary>Compares two scorers, for example a served model with the checkpoint in fp32.</summary>
    /// <param name="served">What is served: here, or at an address (<see cref="Retrieval.RerankEndpoint"/>).</param>
    /// <param name="checkpoint">What it should equal.</param>
    /// <param name="examples">
    /// Questions with several passages each. Those of a question share their <see cref="InputExample.Group"/> or, without one, its text; a
    /// label of 0.5 or more is relevant. Where no question has relevant and other passages, the checkpoint's best passage of each counts
    /// as the relevant one.
    /// </param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="CrossEncoderException">
    /// No question has two passages, or a scorer does not give one finite score for each.
    /// </exception>
    public static ServedQuality Verify(
        IPassageScorer served,
        IPassageScorer checkpoint,
        IReadOnlyList<InputExample> examples,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(served);
        ArgumentNullException.ThrowIfNull(checkpoint);
        var (pairs, labels) = LabeledPairs.Of(examples, nameof(Verify));
        var expected = LabeledPairs.Score(checkpoint, pairs, cancellation);
        var found = LabeledPairs.Score(served, pairs, cancellation);
        int[][] groups =
        [
            .. Enumerable
                .Range(0, pairs.Length)
                .GroupBy(i => (examples[i].Group, examples[i].Group is null ? PassageText.Key(pairs[i].Query) : null))
                .Select(group => group.ToArray())
                .Where(group => group.Length > 1),
        ];
        var judged = groups.Where(group => group.Any(i => labels[i] >= 0.5f) && group.Any(i => labels[i] < 0.5f)).ToArray();
        if (groups.Length == 0)
            throw new CrossEncoderException(
                "Two scorers are compared by how they rank, but no question here has two passages. Give each question its right "
                    + "passage and some others."
            );
        Func<int, int[], bool> isRelevant =
            judged.Length > 0 ? (i, _) => labels[i] >= 0.5f : (i, group) => i == group.MaxBy(each => expected[each]);
        if (judged.Length > 0)
            groups = judged;
        double[] Ndcg(float[] logits) => [.. groups.Select(group => NdcgOf(group, logits, i => isRelevant(i, group)))];
        var (before, after) = (Ndcg(expected), Ndcg(found));
        var differences = expected.Zip(found, (a, b) => (double)Math.Abs(a - b)).ToArray();
        return new(
            pairs.Length,
            groups.Length,
            differences.Max(),
            differences.Average(),
            CorrelationMetrics.Kendall([.. expected.Select(x => (double)x)], [.. found.Select(x => (double)x)]),
            after.Average(),
            before.Average(),
            PairedBootstrap.Compare(before, after),
            Processor.InstructionSet
        );
    }

    /// <summary>
    /// Notes the comparison of a checkpoint's products in 8 bits (<c>ComputeType = ScalarType.Int8</c>) beside it: where it passed,
    /// <c>CrossEncoder</c> takes them on processors like this one from then on, unless a type is asked for. Saving the model removes the
    /// note.
    /// </summary>
    /// <param name="folder">The model's folder.</param>
    /// <exception cref="CrossEncoderException">
    /// There is no model.safetensors, or not the one that <c>Int8Quality.Of</c> compared, or the note cannot be written.
    /// </exception>
    public void NoteIn(string folder)
    {
        const string File = "model.safetensors";
        var path = Path.Combine(folder, File);
        if (System.IO.File.Exists(path) && QualityNote.ContentOf(path) != Products)
            throw new CrossEncoderException(
                $"This is no comparison of the {File} in {folder} with its products in 8 bits, so it is not noted there. Compare "
                    + "the folder as it is now with Int8Quality.Of; for an exported file, name its precision as well."
            );
        Note(folder, File, ModelFiles.Int8Quality, "Save the model (SavePretrained) to it, or check the path.");
    }

    /// <summary>Notes the comparison of a file in a folder, in place of an earlier one on a processor like this.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="file">The compared file in it.</param>
    /// <param name="place">Where the notes are (<see cref="QualityNote.In"/>).</param>
    /// <param name="remedy">What to do where the file is missing.</param>
    internal void Note(string folder, string file, string place, string remedy)
    {
        var path = Path.Combine(folder, file);
        if (!File.Exists(path))
            throw new CrossEncoderException($"The folder {folder} has no {file}. {remedy}");
        try
        {
            QualityNote.Write(folder, [.. QualityNote.In(folder, place).Where(note => !IsReplaced(note, file)), Note(path, file)], place);
        }
        catch (Exception error) when (DiskErrors.Is(error))
        {
            throw new CrossEncoderException($"{folder} could not be written: {error.Message} {DiskErrors.Remedy(error)}", error);
        }
    }

    /// <summary>The note on a file.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="file">Its name in the model's folder.</param>
    internal QualityNote Note(string path, string file) => new(file, QualityNote.ContentOf(path), InstructionSet, NdcgShare, ToString());

    private bool IsReplaced(QualityNote note, string file) => note.File == file && note.Instructions == InstructionSet;

    /// <inheritdoc/>
    public override string ToString()
    {
        string In(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
        string Signed(double number) => SignedNumber.Of(number, "0.0000");
        var interval = $"{Signed(Ndcg.Difference)} [{Signed(Ndcg.Lower)}, {Signed(Ndcg.Upper)}]";
        return In($"NDCG@{Cutoff} {ServedNdcg:0.0000} against {CheckpointNdcg:0.0000} ({100 * NdcgShare:0.00} %; difference {interval}, ")
            + In($"{Questions} questions); logits differ by {MeanDifference:0.00000} on average and {LargestDifference:0.00000} at most, ")
            + In($"Kendall's τ {KendallTau:0.0000} ({Pairs} pairs); {InstructionSet}");
    }

    /// <summary>NDCG@10 of one question; among equal scores the relevant ones count as last.</summary>
    private static double NdcgOf(int[] group, float[] logits, Func<int, bool> isRelevant)
    {
        var grades = group.ToDictionary(i => i.ToString(CultureInfo.InvariantCulture), i => isRelevant(i) ? 1 : 0);
        var ranked = group
            .OrderByDescending(i => logits[i])
            .ThenBy(i => isRelevant(i))
            .Select(i => i.ToString(CultureInfo.InvariantCulture));
        return RankingMetrics.Ndcg([.. ranked], grades, Cutoff);
    }
}
