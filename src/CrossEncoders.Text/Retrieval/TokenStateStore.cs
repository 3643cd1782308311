using System.Collections.Concurrent;

namespace CrossEncoders.Retrieval;

/// <summary>The token states of passages, each computed once: those of a file where there is one, all others in memory.</summary>
internal sealed class TokenStateStore(ITokenEmbedder embedder, LateInteractionOptions options) : IDisposable
{
    private const int PassagesATime = 512; // what a killed run loses at most

    private readonly ConcurrentDictionary<string, byte[]> _memory = new();
    private readonly Lock _computing = new();
    private TokenStateFile? _file;
    private int _width;

    /// <summary>The form of the kept states.</summary>
    public StateBlocks Layout => new(_width, options.Storage);

    /// <summary>Reads the states of passages from a file, or computes them and writes them there.</summary>
    public void Open(string file, string[] passages, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        var probe = embedder
            .EmbedTokens([TokenStateFile.Probe], queries: false, options.MaxPassageTokens!.Value, cancellation)
            .Single()
            .States;
        _width = probe.Width;
        var settings = $"{options.Score}, {options.MaxPassageTokens}, {embedder.Settings}";
        _file = new(file, Layout, settings, probe);
        var missing = _file.Missing(passages);
        if (missing.Length > 0)
            _file.Append(missing.Chunk(PassagesATime).Select(part => Compute(part, cancellation)), missing.Length, progress);
        _file.Map();
    }

    /// <summary>Computes what is not there yet and keeps it in memory.</summary>
    public void Remember(IEnumerable<string> passages, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        lock (_computing)
        {
            string[] missing = [.. passages.Where(passage => !Contains(passage)).Distinct()];
            var done = 0;
            foreach (var part in missing.Chunk(PassagesATime))
            foreach (var (passage, states) in Compute(part, cancellation))
            {
                _memory[passage] = states;
                progress?.Report(new WorkProgress("computing token states", ++done, missing.Length, embedder.Name));
            }
        }
    }

    /// <summary>The score of a passage whose states are there.</summary>
    public float Score(MaxSimQuery query, string passage, float[] scratch) =>
        _memory.TryGetValue(passage, out var states)
            ? query.Score(states, Layout, scratch)
            : _file!.Read(passage, bytes => query.Score(bytes, Layout, scratch));

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private bool Contains(string passage) => _memory.ContainsKey(passage) || _file?.Contains(passage) == true;

    private IEnumerable<(string Passage, byte[] States)> Compute(string[] passages, CancellationToken cancellation)
    {
        foreach (var (text, states) in embedder.EmbedTokens(passages, queries: false, options.MaxPassageTokens!.Value, cancellation))
        {
            _width = states.Width;
            var (start, count) = options.Score == MaxSim.MeanOfOwnTokens ? (states.OwnStart, states.OwnCount) : (0, states.Count);
            yield return (passages[text], Layout.Pack(states, start, count));
        }
    }
}
