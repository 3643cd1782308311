namespace CrossEncoders.Display;

/// <summary>Where a node stands: its middle and its size in pixels.</summary>
internal sealed record FlowBox(FlowNode Node, double X, double Y, double Width, double Height);

/// <summary>Where a link runs, from its start to its tip.</summary>
/// <param name="Link">The link.</param>
/// <param name="Points">At least two points.</param>
/// <param name="IsAcross">Whether it leaves and arrives sideways, else downwards or upwards.</param>
/// <param name="IsBackwards">Whether its tip points left or up.</param>
/// <param name="Middle">Where its label stands.</param>
internal sealed record FlowLine(
    FlowLink Link,
    IReadOnlyList<(double X, double Y)> Points,
    bool IsAcross,
    bool IsBackwards,
    (double X, double Y) Middle
);

/// <summary>
/// Places a flowchart in layers: each node behind all that lead to it, those that belong together beside each other, long links through
/// places kept free for them.
/// </summary>
/// <remarks>After Sugiyama, Tagawa and Toda 1981 (IEEE Transactions on Systems, Man and Cybernetics 11).</remarks>
internal sealed class FlowLayout
{
    public const double LineHeight = 19;
    private const double Margin = 8;
    private const double Between = 22; // of neighbors in a layer
    private const int Sweeps = 6;

    private sealed class Place(FlowNode? node, int layer)
    {
        public FlowNode? Node => node; // null where only a link passes
        public int Layer => layer;
        public double Length; // along the direction
        public double Breadth;
        public double Along; // of its middle
        public double Across;
        public List<Place> Before { get; } = [];
        public List<Place> After { get; } = [];
    }

    private readonly FlowText _text;
    private readonly bool _isAcross; // left to right or right to left
    private readonly bool _isTurned; // right to left or upwards
    private readonly List<List<Place>> _layers = [];
    private readonly List<(FlowLink Link, List<Place> Way, bool IsBack)> _ways = [];
    private double _length;
    private double _breadth;

    public FlowLayout(FlowText text)
    {
        _text = text;
        (_isAcross, _isTurned) = (text.Direction is "LR" or "RL", text.Direction is "RL" or "BT");
        Arrange();
        for (var sweep = 0; sweep < Sweeps; sweep++)
            Sweep(forwards: sweep % 2 == 0);
        Measure();
        Boxes = [.. _layers.SelectMany(layer => layer).Where(place => place.Node is not null).Select(Box)];
        Lines = [.. _ways.Select(way => Line(way.Link, way.Way, way.IsBack))];
    }

    public IReadOnlyList<FlowBox> Boxes { get; }

    public IReadOnlyList<FlowLine> Lines { get; }

    public double Width => _isAcross ? _length : _breadth;

    public double Height => _isAcross ? _breadth : _length;

    private void Arrange()
    {
        var back = BackLinks();
        var layers = _text.Nodes.ToDictionary(node => node.Id, _ => 0, StringComparer.Ordinal);
        for (var changed = true; changed; )
        {
            changed = false;
            foreach (var link in _text.Links)
            {
                var (from, to) = back.Contains(link) ? (link.To, link.From) : (link.From, link.To);
                if (layers[to] <= layers[from])
                    (layers[to], changed) = (layers[from] + 1, true);
            }
        }
        for (var i = layers.Values.Max(); i >= 0; i--)
            _layers.Add([]);
        var places = _text.Nodes.ToDictionary(node => node.Id, node => Added(node, layers[node.Id]), StringComparer.Ordinal);
        foreach (var link in _text.Links)
        {
            var isBack = back.Contains(link);
            var (first, last) = isBack ? (places[link.To], places[link.From]) : (places[link.From], places[link.To]);
            List<Place> way = [first];
            for (var layer = first.Layer + 1; layer < last.Layer; layer++)
                way.Add(Added(null, layer));
            way.Add(last);
            foreach (var (one, next) in way.Zip(way.Skip(1)))
            {
                one.After.Add(next);
                next.Before.Add(one);
            }
            _ways.Add((link, way, isBack));
        }
    }

    /// <summary>The links that would close a circle: they run against the layers.</summary>
    private HashSet<FlowLink> BackLinks()
    {
        var back = new HashSet<FlowLink>(ReferenceEqualityComparer.Instance);
        var state = new Dictionary<string, bool>(StringComparer.Ordinal); // true while on the way, false when done
        var links = _text.Links.ToLookup(link => link.From, StringComparer.Ordinal);
        void Visit(string id)
        {
            state[id] = true;
            foreach (var link in links[id])
                if (!state.TryGetValue(link.To, out var isOnTheWay))
                    Visit(link.To);
                else if (isOnTheWay)
                    back.Add(link);
            state[id] = false;
        }
        foreach (var node in _text.Nodes.Where(node => !state.ContainsKey(node.Id)))
            Visit(node.Id);
        return back;
    }

    private Place Added(FlowNode? node, int layer)
    {
        var place = new Place(node, layer);
        if (node is not null)
        {
            var lines = node.Text.Split('\n');
            var wide = node.Shape == FlowShape.Rhombus ? 1.5 : 1;
            var (width, height) = ((lines.Max(Html.Width) * 7.8 + 26) * wide, (lines.Length * LineHeight + 17) * wide);
            (place.Length, place.Breadth) = _isAcross ? (width, height) : (height, width);
        }
        _layers[layer].Add(place);
        return place;
    }

    /// <summary>Orders each layer by where its neighbors stand, and moves it as near to them as its own sizes let it.</summary>
    private void Sweep(bool forwards)
    {
        foreach (var layer in forwards ? _layers : Enumerable.Reverse(_layers))
        {
            double Wish(Place place) =>
                (forwards ? place.Before : place.After) is { Count: > 0 } next ? next.Average(other => other.Across) : place.Across;
            var wishes = layer.ToDictionary(place => place, Wish);
            var sorted = layer.OrderBy(place => wishes[place]).ToList();
            layer.Clear();
            layer.AddRange(sorted);
            for (var i = 0; i < layer.Count; i++)
                layer[i].Across =
                    i == 0
                        ? wishes[layer[0]]
                        : Math.Max(wishes[layer[i]], layer[i - 1].Across + (layer[i - 1].Breadth + layer[i].Breadth) / 2 + Between);
            var shift = layer.Average(place => wishes[place] - place.Across);
            layer.ForEach(place => place.Across += shift);
        }
    }

    private void Measure()
    {
        var along = Margin;
        for (var i = 0; i < _layers.Count; i++)
        {
            var length = _layers[i].Max(place => place.Length);
            _layers[i].ForEach(place => place.Along = along + length / 2);
            var labels = _ways
                .Where(way => way.Link.Label.Length > 0 && way.Way[Labeled(way.Way)].Layer == i)
                .Select(way => Html.Width(way.Link.Label) * 6.8);
            along += length + (i == _layers.Count - 1 ? Margin : (_isAcross ? labels.DefaultIfEmpty().Max() : 12) + 36);
        }
        _length = along;
        var places = _layers.SelectMany(layer => layer).ToList();
        // Where only a link passes, its label stands above it.
        var top = places.Min(place => place.Across - (place.Node is null && _isAcross ? LineHeight : place.Breadth / 2)) - Margin;
        places.ForEach(place => place.Across -= top);
        _breadth = places.Max(place => place.Across + place.Breadth / 2) + Margin;
        if (!_isAcross) // labels stand to the right of their lines
            _breadth = _ways
                .Where(way => way.Link.Label.Length > 0)
                .Select(way =>
                    way.Way.Skip(Labeled(way.Way)).Take(2).Max(place => place.Across) + Html.Width(way.Link.Label) * 6.8 + 6 + Margin
                )
                .Append(_breadth)
                .Max();
    }

    private FlowBox Box(Place place)
    {
        var (x, y) = Point(place.Along, place.Across);
        return _isAcross ? new(place.Node!, x, y, place.Length, place.Breadth) : new(place.Node!, x, y, place.Breadth, place.Length);
    }

    private FlowLine Line(FlowLink link, List<Place> way, bool isBack)
    {
        const double Aside = 9; // so that there and back do not lie on each other
        var aside = isBack ? Aside : 0;
        List<(double X, double Y)> points =
        [
            Point(way[0].Along + way[0].Length / 2, way[0].Across + aside),
            .. way[1..^1].Select(place => Point(place.Along, place.Across)),
            Point(way[^1].Along - way[^1].Length / 2, way[^1].Across + aside),
        ];
        var ((x0, y0), (x, y)) = (points[Labeled(way)], points[Labeled(way) + 1]);
        if (isBack)
            points.Reverse();
        // Beside the whole stretch: at the height of its middle, a slope would run through the label.
        var middle = _isAcross ? ((x0 + x) / 2, Math.Min(y0, y)) : (Math.Max(x0, x), (y0 + y) / 2);
        return new(link, points, _isAcross, isBack != _isTurned, middle);
    }

    /// <summary>Which stretch of a way bears the label: the middle one.</summary>
    private static int Labeled(List<Place> way) => (way.Count - 2) / 2;

    private (double X, double Y) Point(double along, double across) =>
        (_isTurned ? _length - along : along) is var way && _isAcross ? (way, across) : (across, way);
}
