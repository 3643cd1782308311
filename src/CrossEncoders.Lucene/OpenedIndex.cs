using CrossEncoders.Retrieval;
using Lucene.Net.Index;
using Lucene.Net.Search;
using Lucene.Net.Store;

namespace CrossEncoders.Lucene;

/// <summary>A whole index, opened to be searched; what is built later is another one.</summary>
internal sealed class OpenedIndex : IDisposable
{
    private readonly FSDirectory _directory;
    private readonly DirectoryReader _reader;
    private readonly IndexSearcher _searcher;
    private readonly PassageFile _passages;

    public OpenedIndex(string folder, LuceneIndexOptions options)
    {
        Folder = folder;
        _directory = FSDirectory.Open(folder);
        _reader = DirectoryReader.Open(_directory);
        State = IndexState.Of(_reader.IndexCommit.UserData)!;
        _searcher = new(_reader) { Similarity = new ExactBm25(options.Bm25) };
        _passages = new(folder);
        if (State.Embedder is null)
            return;
        Vectors = new(IndexFolder.Vectors(folder), State.Dimensions, State.Passages);
        GraphFolder = IndexFolder.GraphOf(folder, options.Graph);
        if (GraphFolder is not null)
            Graph = new(GraphFolder, Vectors, options.Graph ?? new());
    }

    public string Folder { get; }

    public string? GraphFolder { get; }

    public IndexState State { get; }

    public VectorFile? Vectors { get; }

    public VectorGraph? Graph { get; }

    /// <summary>The best passages that share a term with the query, best first; ties in the order of the collection.</summary>
    public Hit[] Keywords(string query, int topK)
    {
        var terms = TermAnalyzer.QueryTerms(query).CountBy(term => term).ToList();
        if (terms.Count == 0 || topK == 0)
            return [];
        if (terms.Count > BooleanQuery.MaxClauseCount)
            BooleanQuery.MaxClauseCount = terms.Count;
        var any = new BooleanQuery(disableCoord: true);
        foreach (var (term, times) in terms) // a term that the query repeats counts as often
            any.Add(new TermQuery(new Term(LuceneBuild.Text, term)) { Boost = times }, Occur.SHOULD);
        var found = _searcher.Search(any, (int)Math.Min(topK, State.Passages));
        return Array.ConvertAll(found.ScoreDocs, hit => new Hit(Passage(hit.Doc), hit.Score));
    }

    /// <summary>The passage at a place of the collection.</summary>
    public Passage Passage(long place) => _passages[place];

    /// <inheritdoc/>
    public void Dispose()
    {
        Graph?.Dispose();
        Vectors?.Dispose();
        _passages.Dispose();
        _reader.Dispose();
        _directory.Dispose();
    }
}
