using System.IO.Compression;
using UglyToad.PdfPig.Filters;
using UglyToad.PdfPig.Tokens;

namespace CrossEncoders.Documents;

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

    public IReadOnlyList<IFilter> GetNamedFilters(IReadOnlyList<NameToken> names) =>
        Bounded(DefaultFilterProvider.Instance.GetNamedFilters(names));

    public IReadOnlyList<IFilter> GetAllFilters() => Bounded(DefaultFilterProvider.Instance.GetAllFilters());

    private IReadOnlyList<IFilter> Bounded(IReadOnlyList<IFilter> filters) =>
        [.. filters.Select(filter => filter is FlateFilter or LzwFilter or RunLengthFilter ? new Filter(this, filter) : filter)];

    private void Charge(IFilter filter, ReadOnlyMemory<byte> packed)
    {
        var limit = Math.Min(maxBytes, _left);
        var size = filter switch
        {
            FlateFilter => Inflated(packed, limit),
            LzwFilter => Math.Max(Unpacked(packed.Span, 0, limit), Unpacked(packed.Span, 1, limit)),
            _ => packed.Length * 64L, // a run of 128 in two bytes
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
        if (packed.Length < 2)
            return 0;
        using var inflater = new DeflateStream(new MemoryStream(packed[2..].ToArray()), CompressionMode.Decompress);
        var buffer = new byte[1 << 16];
        var size = 0L;
        try
        {
            for (int read; size <= limit && (read = inflater.Read(buffer)) > 0; )
                size += read;
        }
        catch (InvalidDataException)
        {
            // Damaged: PdfPig takes what came before, too.
        }

        return size;
    }

    /// <summary>What LZW codes unpack to, counted to just above a limit by the lengths of the table's entries.</summary>
    /// <param name="packed">The codes, of 9 to 12 bits.</param>
    /// <param name="late">
    /// By how many codes later they become wider: 1 where the stream says so (EarlyChange 0), else 0. Read the other way the codes soon
    /// make no sense, so that both can be tried.
    /// </param>
    /// <param name="limit">The limit.</param>
    /// <remarks>ISO 32000-1, 7.4.4.</remarks>
    private static long Unpacked(ReadOnlySpan<byte> packed, int late, long limit)
    {
        const int Clear = 256,
            End = 257,
            Full = 4096;
        var lengths = new int[Full];
        Array.Fill(lengths, 1);
        var (size, next, previous, width) = (0L, End + 1, -1, 9);
        for (var bit = 0L; bit + width <= 8L * packed.Length && size <= limit; )
        {
            var code = 0;
            for (var last = bit + width; bit < last; bit++)
                code = (code << 1) | ((packed[(int)(bit >> 3)] >> (7 - (int)(bit & 7))) & 1);
            if (code == End || (code != Clear && code >= (previous < 0 ? End : next + 1)))
                break;
            if (code == Clear)
            {
                (next, previous, width) = (End + 1, -1, 9);
                continue;
            }

            if (previous >= 0 && next < Full)
                lengths[next++] = lengths[previous] + 1; // may be the very entry that the code names
            size += lengths[code];
            previous = code;
            width = (next - late) switch
            {
                >= 2047 => 12,
                >= 1023 => 11,
                >= 511 => 10,
                _ => 9,
            };
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
