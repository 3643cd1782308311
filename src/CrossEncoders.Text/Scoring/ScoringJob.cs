using System.Diagnostics;
using System.Globalization;

namespace CrossEncoders.Scoring;

/// <summary>
/// Scores very many pairs in parts, each by a process of its own, on this machine or on many, by whatever starts processes there. A process
/// writes its part and nothing else; killed and started again, it goes on where it was. <see cref="MergedScores"/> puts the parts together.
/// </summary>
/// <remarks>
/// The pairs are cut into blocks by their place in the input, and a part is made of whole blocks. What is computed together (the batches,
/// their order and their padding) depends on the block and on nothing else, so that the scores do not depend on the number of parts,
/// even in bfloat16, where a pair's score depends on its batch. Their last bits may follow from the kind of processor or GPU, the number of
/// threads (OMP_NUM_THREADS) and libtorch's version: each part notes them, and <see cref="MergedScores.Notes"/> names those that differ.
/// </remarks>
/// <example><code>
/// var job = new ScoringJob(model, model.Identity(), ScoringInput.FromTable("pairs.parquet"), "parts");
/// Console.WriteLine(job.Plan(Shard.Parse("2/5")));
/// job.Score(Shard.Parse("2/5"));
/// MergedScores.Of("parts").Save("scores.jsonl"); // when all five are done
/// </code></example>
public sealed class ScoringJob
{
    /// <summary>Pairs of a block where nothing else is said.</summary>
    public const int DefaultBlockPairs = 512;

    private const int WarmUp = 8;

    private readonly IPassageScorer _scorer;
    private readonly ScorerIdentity _identity;
    private readonly ScoringInput _input;
    private readonly string _folder;
    private readonly int _blockPairs;

    /// <summary>A scoring.</summary>
    /// <param name="scorer">Scores; the same for all parts.</param>
    /// <param name="identity">What it is.</param>
    /// <param name="input">The pairs.</param>
    /// <param name="folder">The folder of the parts; made where it is missing.</param>
    /// <param name="blockPairs">Pairs of a block: what a kill costs at most. The same for all parts.</param>
    /// <exception cref="CrossEncoderException">
    /// A block would have no pairs, or the scorer is one that compares the passages of a query, which blocks part.
    /// </exception>
    public ScoringJob(IPassageScorer scorer, ScorerIdentity identity, ScoringInput input, string folder, int blockPairs = DefaultBlockPairs)
    {
        if (blockPairs < 1)
            throw new CrossEncoderException($"A block would have {blockPairs} pairs; expected at least 1.");
        IRelativeScorer.Refuse(scorer);
        (_scorer, _identity, _input, _folder, _blockPairs) = (scorer, identity, input, Path.GetFullPath(folder), blockPairs);
    }

    /// <summary>The file of a part.</summary>
    public string PathOf(Shard shard) =>
        Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"part-{shard.Number:00000}-of-{shard.Count:00000}.jsonl"));

    /// <summary>How long a part will take, from the time of a sample; nothing is written.</summary>
    /// <exception cref="CrossEncoderException">What there is of the part belongs to another scoring or is damaged.</exception>
    public ScoringPlan Plan(Shard shard, CancellationToken cancellation = default)
    {
        var header = HeaderOf(shard);
        var done = 0;
        if (new FileInfo(PathOf(shard)) is { Exists: true, Length: > 0 } file)
        {
            using var part = ScorePart.Read(file.FullName);
            part.RequireSame(header);
            done = part.Pairs;
        }

        var own = Enumerable.Range(0, header.Blocks).Where(shard.Owns).Sum(header.PairsOf);
        var rate = 0.0;
        if (done < own)
        {
            _scorer.Score([.. _input.Sample.Take(WarmUp)], null, cancellation);
            var clock = Stopwatch.StartNew();
            _scorer.Score(_input.Sample, null, cancellation);
            rate = _input.Sample.Count / Math.Max(clock.Elapsed.TotalSeconds, 1e-6);
        }

        return new(shard, _input.Pairs, own, done, _input.Sample.Count, rate);
    }

    /// <summary>Scores what a part still lacks.</summary>
    /// <param name="shard">Which part.</param>
    /// <param name="progress">Pairs of the part that are done.</param>
    /// <param name="cancellation">Stops between two batches; the blocks that were done are kept.</param>
    /// <returns>The part's file.</returns>
    /// <exception cref="CrossEncoderException">
    /// Another process writes the part, it belongs to another scoring or is damaged, it cannot be written, the input has changed,
    /// or a score is no number.
    /// </exception>
    public string Score(Shard shard, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        var header = HeaderOf(shard);
        using var part = ScorePart.Open(PathOf(shard), header, _identity.Machine);
        var own = Enumerable.Range(0, header.Blocks).Where(shard.Owns).Sum(header.PairsOf);
        var done = part.Pairs;
        progress?.Report(new WorkProgress("scoring", done, own));
        if (done == own)
            return part.FilePath;
        foreach (var (block, pairs) in Blocks(block => shard.Owns(block) && !part.Blocks.ContainsKey(block)))
        {
            part.Append(block, Scored(block, pairs, cancellation));
            progress?.Report(new WorkProgress("scoring", done += pairs.Count, own));
        }

        return part.FilePath;
    }

    /// <summary>The scores of a block, each a number.</summary>
    internal float[] Scored(int block, List<TextPair> pairs, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var scores = _scorer.Score(pairs, null, cancellation);
        if (scores.Length != pairs.Count)
            throw new CrossEncoderException($"'{_scorer.Name}' gave {scores.Length} scores for {pairs.Count} pairs; expected one each.");
        return Array.FindIndex(scores, score => !float.IsFinite(score)) is >= 0 and var bad
            ? throw new CrossEncoderException(
                $"'{_scorer.Name}' gave {scores[bad]} for pair {(long)block * _blockPairs + bad + 1} of '{_input.Name}'; expected a "
                    + "number. Its weights are damaged, or its compute type is too narrow."
            )
            : scores;
    }

    /// <summary>The pairs of the wanted blocks, one block after the other.</summary>
    private IEnumerable<(int Block, List<TextPair> Pairs)> Blocks(Func<int, bool> isWanted)
    {
        var read = 0;
        var pairs = new List<TextPair>();
        var wanted = isWanted(0);
        foreach (var (pair, _, _) in _input.Read())
        {
            if (read == _input.Pairs)
                throw Changed("more");
            if (wanted)
                pairs.Add(pair);
            if (++read % _blockPairs != 0 && read != _input.Pairs)
                continue;
            var block = (read - 1) / _blockPairs;
            if (wanted)
                yield return (block, pairs);
            pairs = [];
            wanted = isWanted(block + 1);
        }

        if (read != _input.Pairs)
            throw Changed($"{read}");
    }

    /// <summary>The pairs.</summary>
    internal ScoringInput Input => _input;

    /// <summary>What it runs on.</summary>
    internal string Machine => _identity.Machine;

    /// <summary>An error about an input that has other pairs than it had.</summary>
    internal CrossEncoderException Changed(string found) =>
        new(
            $"'{_input.Name}' had {_input.Pairs} pairs and now has {found}: it was changed meanwhile. Restore it, or score anew under "
                + "another name."
        );

    /// <summary>What a part is a part of.</summary>
    internal PartHeader HeaderOf(Shard shard) =>
        shard.Number < 1 || shard.Number > shard.Count
            ? throw new CrossEncoderException($"The shard is {shard}; expected i/n with i from 1 to n.")
            : new(
                "part",
                shard.Number,
                shard.Count,
                _input.Pairs,
                _blockPairs,
                _input.Hash,
                _identity.Name,
                _identity.Fingerprint,
                _identity.Settings
            );
}
