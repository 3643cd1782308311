namespace CrossEncoders.Tokenization;

/// <summary>Pieces of text with their ids, searched by prefix. Immutable once filled, so safe to share.</summary>
/// <remarks>One hash table of edges (node, UTF-16 unit) → node: compact and quick to build with 250 000 pieces.</remarks>
internal sealed class PieceTrie
{
    /// <summary>The node of the empty prefix.</summary>
    public const int Root = 0;

    private ulong[] _edges = new ulong[1024];
    private int[] _targets = new int[1024];
    private int[] _ids = [-1];
    private int _nodes = 1;

    /// <summary>The number of distinct pieces.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a piece; a piece given twice keeps the last id.</summary>
    public void Add(ReadOnlySpan<char> piece, int id)
    {
        var node = Root;
        foreach (var unit in piece)
        {
            var next = Child(node, unit);
            node = next >= 0 ? next : AddChild(node, unit);
        }

        Count += _ids[node] < 0 ? 1 : 0;
        _ids[node] = id;
    }

    /// <summary>The node below <paramref name="node"/> along <paramref name="unit"/>; -1 where there is none.</summary>
    public int Child(int node, char unit)
    {
        var edge = Edge(node, unit);
        for (var slot = Slot(edge); ; slot = (slot + 1) & (_edges.Length - 1))
        {
            if (_edges[slot] == edge)
                return _targets[slot];
            if (_edges[slot] == 0)
                return -1;
        }
    }

    /// <summary>The id of the piece that ends at a node; -1 where none does.</summary>
    public int Id(int node) => _ids[node];

    /// <summary>The id of a piece; -1 where it is unknown.</summary>
    public int Find(ReadOnlySpan<char> piece) => Node(piece) is >= 0 and var node ? _ids[node] : -1;

    /// <summary>The node at the end of a prefix; -1 where no piece starts with it.</summary>
    public int Node(ReadOnlySpan<char> prefix)
    {
        var node = Root;
        for (var i = 0; i < prefix.Length && node >= 0; i++)
            node = Child(node, prefix[i]);
        return node;
    }

    /// <summary>
    /// The longest continuation of <paramref name="node"/> into a piece that <paramref name="text"/> starts with: the piece's id and the
    /// length in the text; (-1, 0) where there is none.
    /// </summary>
    public (int Id, int Length) LongestPrefix(ReadOnlySpan<char> text, int node = Root)
    {
        var (id, length) = (-1, 0);
        for (var i = 0; i < text.Length && node >= 0; i++)
        {
            node = Child(node, text[i]);
            if (node >= 0 && _ids[node] >= 0)
                (id, length) = (_ids[node], i + 1);
        }

        return (id, length);
    }

    // Zero marks a free slot, so node numbers are shifted by one.
    private static ulong Edge(int node, char unit) => ((ulong)(node + 1) << 16) | unit;

    private int Slot(ulong edge) => (int)((edge * 0x9E3779B97F4A7C15) >> 32) & (_edges.Length - 1);

    private int AddChild(int node, char unit)
    {
        if (_nodes == _ids.Length)
            Array.Resize(ref _ids, _ids.Length * 2);
        if (_nodes * 3L > _edges.Length * 2L)
            Grow();
        Insert(Edge(node, unit), _nodes);
        _ids[_nodes] = -1;
        return _nodes++;
    }

    private void Grow()
    {
        var (edges, targets) = (_edges, _targets);
        (_edges, _targets) = (new ulong[edges.Length * 2], new int[edges.Length * 2]);
        for (var i = 0; i < edges.Length; i++)
        {
            if (edges[i] != 0)
                Insert(edges[i], targets[i]);
        }
    }

    private void Insert(ulong edge, int target)
    {
        var slot = Slot(edge);
        while (_edges[slot] != 0)
            slot = (slot + 1) & (_edges.Length - 1);
        (_edges[slot], _targets[slot]) = (edge, target);
    }
}
