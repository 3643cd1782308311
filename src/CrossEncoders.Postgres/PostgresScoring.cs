using CrossEncoders.Scoring;
using Npgsql;

namespace CrossEncoders.Postgres;

/// <summary>
/// A scoring whose workers come and go: each takes a block of pairs from a table, scores it and stores the scores there, until none is
/// left. A killed worker's block is taken up again when its lease ends. The scores are those of one process, bit for bit, as with <see
/// cref="ScoringJob"/>'s parts, which need no database, and under the same condition: machines of one kind.
/// </summary>
/// <remarks>
/// Every worker reads the pairs from its own copy of the input. A worker that was slow, so that its block was given to another, stores
/// nothing: a block is stored by whom it belongs to, once.
/// </remarks>
/// <example><code>
/// using var queue = new PostgresScoring("Host=db;Database=scores", new() { Name = "msmarco" });
/// queue.Work(new ScoringJob(model, model.Identity(), ScoringInput.FromTable("pairs.parquet"), "unused")); // any number of these
/// queue.Collect().Save("scores.jsonl");
/// </code></example>
public sealed class PostgresScoring : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly NpgsqlDataSource _source;
    private readonly TimeSpan _lease;
    private readonly ScoringTable _table;

    /// <summary>Names a queue; nothing is asked of the server yet.</summary>
    /// <param name="connectionString">As Npgsql takes it; a password may stand in PGPASSWORD or a passfile instead.</param>
    /// <param name="options">Names, lease and patience.</param>
    /// <exception cref="CrossEncoderException">The connection string cannot be read, or an option is out of its range.</exception>
    public PostgresScoring(string connectionString, PostgresScoringOptions? options = null)
    {
        options ??= new();
        var names = options.Checked();
        (_lease, _source) = (options.Lease, PostgresCalls.Source(connectionString));
        _table = new(new(_source, names), options.Schema, options.Name);
    }

    /// <summary>Scores blocks until all are stored, by this worker or by others.</summary>
    /// <param name="job">What is scored and by what; its folder is not used.</param>
    /// <param name="progress">Pairs that are stored, of all workers.</param>
    /// <param name="cancellation">Stops between two batches; the block that was begun is given back.</param>
    /// <returns>How many blocks this worker stored.</returns>
    /// <exception cref="CrossEncoderException">
    /// The queue is of another scoring, the server is away for longer than the patience or refuses, the input has changed, or a score is no
    /// number.
    /// </exception>
    public int Work(ScoringJob job, IProgress<WorkProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        var header = job.HeaderOf(Shard.Whole);
        _table.Begin(header);
        var worker = Guid.NewGuid().ToString("N");
        using var blocks = new BlockReader(job);
        for (var stored = 0; ; )
        {
            cancellation.ThrowIfCancellationRequested();
            if (_table.Take(worker, blocks.Next, _lease, cancellation) is { } block)
            {
                if (Score(job, header, worker, block, blocks, cancellation))
                    stored++;
                progress?.Report(
                    new WorkProgress("scoring", Math.Max(0, header.Pairs - (long)_table.Left() * header.BlockPairs), header.Pairs)
                );
            }
            else if (_table.Left() == 0)
                return stored;
            else // others are at work on the last ones, or were killed
                cancellation.WaitHandle.WaitOne(_lease / 4 < LongestWait ? _lease / 4 : LongestWait);
        }
    }

    /// <summary>The scores, once all are stored.</summary>
    /// <exception cref="CrossEncoderException">There is no such scoring, or blocks are missing.</exception>
    public MergedScores Collect()
    {
        _table.Create();
        return _table.Collect();
    }

    /// <summary>Takes the scoring out of the database, with all its scores.</summary>
    public void Drop()
    {
        _table.Create();
        _table.Drop();
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    private bool Score(ScoringJob job, PartHeader header, string worker, int block, BlockReader blocks, CancellationToken cancellation)
    {
        var scored = false;
        try
        {
            float[] scores;
            using (new Timer(_ => Renew(worker, block, _lease), null, _lease / 3, _lease / 3))
                scores = job.Scored(block, blocks.Read(block, header), cancellation);
            scored = true;
            return _table.Store(worker, block, scores, job.Machine);
        }
        finally
        {
            if (!scored)
                Renew(worker, block, TimeSpan.Zero);
        }
    }

    /// <summary>Says that the worker is alive, or gives the block back. Where that fails, the lease ends.</summary>
    private void Renew(string worker, int block, TimeSpan lease)
    {
        try
        {
            _table.Renew(worker, block, lease);
        }
        catch (Exception error) when (error is CrossEncoderException or ObjectDisposedException)
        {
            // then another takes the block
        }
    }
}
