using System.Runtime.InteropServices;
using CrossEncoders.Files;
using CrossEncoders.Retrieval;
using Lucene.Net.Documents;
using Lucene.Net.Index;
using Lucene.Net.Store;
using Lucene.Net.Util;

namespace CrossEncoders.Lucene;

/// <summary>
/// Fills an index on disk. Texts and vectors reach it before the commit that counts them, and what lies behind the last is cut off, so
/// a kill at any moment loses at most what came after it.
/// </summary>
internal sealed class LuceneBuild(IndexFolder folder, LuceneIndexOptions options, ITextEmbedder? embedder)
{
    /// <summary>The names of a document's fields.</summary>
    public const string Id = "id",
        Text = "text";

    private static readonly FieldType Counted = new(TextField.TYPE_NOT_STORED) { IndexOptions = IndexOptions.DOCS_AND_FREQS };

    private int _dimensions;

    /// <summary>Makes the index whole, or finds it so.</summary>
    public void Run(IEnumerable<Passage> passages, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        using var held = FileLock.TryTake(folder.Lock)
            ?? throw new CrossEncoderException(
                $"Another program builds the index in '{folder.Path}'. Wait for its end, or name another folder."
            );
        if (Start(passages, cancellation) is not { } chain)
        {
            RequireGraph(folder.Whole!, progress, cancellation);
            return;
        }

        Fill(passages, chain, progress, cancellation);
        RequireUniqueIds();
        RequireGraph(folder.Building, progress, cancellation);
        folder.Publish();
    }

    /// <summary>Makes the graph that is asked for where it is not there; passages and vectors stay as they are.</summary>
    private void RequireGraph(string place, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        if (embedder is null || options.Graph is not { } graph)
            return;
        var count = new FileInfo(IndexFolder.Vectors(place)).Length / sizeof(float) / _dimensions;
        if (!VectorGraph.IsWhole(IndexFolder.Graph(place, graph), count, graph))
            VectorGraph.Build(place, _dimensions, count, graph, progress, cancellation);
        IndexFolder.CleanGraphs(place, graph);
    }

    private void Fill(IEnumerable<Passage> passages, PassageChain chain, IProgress<WorkProgress>? progress, CancellationToken cancellation)
    {
        using var directory = FSDirectory.Open(folder.Building);
        using var writer = new IndexWriter(directory, Configuration());
        using var texts = new PassageFile.Writer(folder.Building, chain.Count);
        using var vectors = embedder is null ? null : OpenVectors(chain.Count);
        try
        {
            var committed = chain.Count;
            foreach (var part in passages.Skip(checked((int)chain.Count)).Chunk(Math.Min(options.BatchSize, options.Portion)))
            {
                cancellation.ThrowIfCancellationRequested();
                Add(writer, texts, vectors, part, cancellation);
                Array.ForEach(part, chain.Add);
                if (chain.Count - committed >= options.BatchSize)
                {
                    Commit(writer, texts, vectors, chain);
                    committed = chain.Count;
                }

                progress?.Report(new WorkProgress("indexing", chain.Count, 0, "BM25"));
            }

            if (chain.Count == 0)
                throw new CrossEncoderException(
                    "A search index needs at least one passage, but the collection is empty. Check the documents it was made of."
                );
            Commit(writer, texts, vectors, chain);
            writer.ForceMerge(1); // one segment is the fastest to search
            Commit(writer, texts, vectors, chain);
        }
        catch
        {
            writer.Rollback(); // closing it would commit what no note counts
            throw;
        }
    }

    /// <summary>The place to go on from: the beginning, or the last commit. Null where nothing is left to do.</summary>
    private PassageChain? Start(IEnumerable<Passage> passages, CancellationToken cancellation)
    {
        var settings = $"Lucene 4; {embedder?.Name ?? "no vectors"}; {options.Bm25}";
        var (whole, part) = (IndexState.Read(folder.Whole), IndexState.Read(folder.Building));
        var none = (Count: -1L, Value: Array.Empty<byte>());
        var standings = PassageChain.Compare(
            passages,
            settings,
            whole is null ? none : (whole.Passages, whole.Chain),
            part is null ? none : (part.Passages, part.Chain)
        );
        if (standings[0] == PassageStanding.Whole && HasFiles(folder.Whole!, whole!, passages, cancellation))
        {
            _dimensions = whole!.Dimensions;
            return null;
        }

        if (standings[1] != PassageStanding.Different && HasFiles(folder.Building, part!, passages, cancellation))
        {
            _dimensions = part!.Dimensions;
            return new(part.Chain, part.Passages);
        }

        if (System.IO.Directory.Exists(folder.Building))
            System.IO.Directory.Delete(folder.Building, recursive: true);
        System.IO.Directory.CreateDirectory(folder.Building);
        return new(settings);
    }

    /// <summary>Whether all files are there, and the vectors this embedder's: other weights may come under the same name.</summary>
    private bool HasFiles(string place, IndexState state, IEnumerable<Passage> passages, CancellationToken cancellation)
    {
        if (!PassageFile.Holds(place, state.Passages))
            return false;
        if (embedder is null)
            return true;
        var file = new FileInfo(IndexFolder.Vectors(place));
        if (!file.Exists || file.Length < state.Passages * state.Dimensions * sizeof(float))
            return false;
        var vector = embedder.EmbedPassages([passages.First().Text], null, cancellation)[0];
        if (vector.Length != state.Dimensions)
            return false;
        using var vectors = new VectorFile(file.FullName, state.Dimensions, state.Passages);
        return vectors.Nearest([vector], 1, range: 1, cancellation)[0][0].Score > 0.999f;
    }

    private void Add(IndexWriter writer, PassageFile.Writer texts, FileStream? vectors, Passage[] part, CancellationToken cancellation)
    {
        if (vectors is not null)
        {
            var rows = embedder!.EmbedPassages([.. part.Select(passage => passage.Text)], null, cancellation);
            _dimensions = _dimensions == 0 ? rows[0].Length : _dimensions;
            if (rows.Length != part.Length || rows.Any(row => row.Length != _dimensions))
                throw new CrossEncoderException(
                    $"An embedder must give one vector for each text, all of one length, but '{embedder.Name}' gave {rows.Length} for "
                        + $"{part.Length}, of {string.Join(", ", rows.Select(row => row.Length).Append(_dimensions).Distinct())} numbers."
                );
            foreach (var row in rows)
                vectors.Write(MemoryMarshal.AsBytes(row.AsSpan()));
        }

        foreach (var passage in part)
        {
            texts.Add(passage);
            writer.AddDocument([new StringField(Id, passage.Id, Field.Store.NO), new Field(Text, passage.Text, Counted)]);
        }
    }

    private void Commit(IndexWriter writer, PassageFile.Writer texts, FileStream? vectors, PassageChain chain)
    {
        texts.Flush();
        vectors?.Flush(flushToDisk: true);
        writer.SetCommitData(new IndexState(chain.Count, chain.Value, embedder?.Name, _dimensions).Data());
        writer.Commit();
    }

    private FileStream OpenVectors(long passages)
    {
        var file = new FileStream(IndexFolder.Vectors(folder.Building), FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
        file.SetLength(passages * _dimensions * sizeof(float)); // what came after the last commit
        file.Seek(0, SeekOrigin.End);
        return file;
    }

    // Neighboring segments alone are merged: a document's number stays its place in the collection.
    private IndexWriterConfig Configuration() =>
        new(LuceneVersion.LUCENE_48, new TermAnalyzer())
        {
            Similarity = new ExactBm25(options.Bm25),
            MergePolicy = new LogByteSizeMergePolicy(),
            RAMBufferSizeMB = 64,
        };

    private void RequireUniqueIds()
    {
        using var directory = FSDirectory.Open(folder.Building);
        using var reader = DirectoryReader.Open(directory);
        var terms = MultiFields.GetTerms(reader, Id).GetEnumerator();
        while (terms.MoveNext())
            if (terms.DocFreq > 1)
                throw new CrossEncoderException(
                    $"Passage ids must be unique, but '{terms.Term.Utf8ToString()}' comes more than once. "
                        + "Give each passage its own id, for example document#number."
                );
    }
}
