using System.IO.Compression;
using UglyToad.PdfPig.Filters;
using UglyToad.PdfPig.Tokens;

namespace CrossEncoders.Datasets.Formats;

/// <summary>
/// PdfPig's filters under a limit. PdfPig unpacks streams whole and without one, so that a file of three kilobytes would take gigabytes of
/// memory: what a stream unpacks to is counted first, and refused where it is more than is allowed.
/// </summary>
/// <param name="maxBytes">The most bytes that a stream may unpack to; all of a file's together may have sixteen times as many.</param>
internal sealed class PdfFilters(long maxBytes) : IFilterProvider
{
    private long _left = 16 * maxBytes;

    /// <summary>Whether something was refused: PdfPig goes on without a stream that it cannot read.</summary>
    public bool Refused { get; private set; }

    public IReadOnlyList<IFilter> GetFilters(DictionaryToken dictionary) => Bounded(DefaultFilterProvider.Instance.GetFilters(dictionary));

    public IReadOnlyList<IFilter> GetNamedFilters(IReadOnlyList<NameToken> names) => Bounded(DefaultFilterProvider.Instance.GetNamedFilters(names));

    public IReadOnlyList<IFilter> GetAllFilters() => Bounded(DefaultFilterProvider.Instance.GetAllFilters());

    private IReadOnlyList<IFilter> Bounded(IReadOnlyList<IFilter> filters) =>
        [.. filters.Select(filter => filter is FlateFilter or LzwFilter or RunLengthFilter ? new Filter(this, filter) : filter)];

    private void Charge(IFilter filter, ReadOnlyMemory<byte> packed)
    {
        var limit = Math.Min(maxBytes, _left);
        var size = filter switch
        {
            FlateFilter => Inflated(packed, limit),
            _ => packed.Length * 64L, // a run of 128 in two bytes; LZW can do more, but is no longer written
        };
        if (size > limit)
        {
            Refused = true;
            throw new InvalidDataException("a stream unpacks to more than is allowed");
        }

        _left -= size;
    }

    /// <summary>What a stream unpacks to, counted to just above a limit.</summary>
    private static long Inflated(ReadOnlyMemory<byte> packed, long limit)
    {
        if (packed.Length < 2) return 0;
        using var inflater = new DeflateStream(new MemoryStream(packed[2..].ToArray()), CompressionMode.Decompress);
        var buffer = new byte[1 << 16];
        var size = 0L;
        try
        {
            for (int read; size <= limit && (read = inflater.Read(buffer)) > 0;) size += read;
        }
        catch (InvalidDataException)
        {
            // Damaged: PdfPig takes what came before, too.
        }

        return size;
    }

    private sealed class Filter(PdfFilters all, IFilter inner) : IFilter
    {
        public bool IsSupported => inner.IsSupported;

        public Memory<byte> Decode(Memory<byte> input, DictionaryToken streamDictionary, IFilterProvider filterProvider, int filterIndex)
        {
            all.Charge(inner, input);
            return inner.Decode(input, streamDictionary, filterProvider, filterIndex);
        }
    }
}
