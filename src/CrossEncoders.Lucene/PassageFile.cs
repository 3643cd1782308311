using System.Runtime.InteropServices;
using System.Text;
using CrossEncoders.Files;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Lucene;

/// <summary>
/// Ids and texts in UTF-8, one after another, and a second file that says where each begins: a search that returns a hundred passages reads
/// just those. Lucene's stored fields would unpack 16 kB for each.
/// </summary>
internal sealed class PassageFile(string folder) : IDisposable
{
    private readonly MappedFile _texts = new(Texts(folder));
    private readonly MappedFile _places = new(Places(folder));

    /// <summary>The passage at a place of the collection.</summary>
    public Passage this[long row]
    {
        get
        {
            var place = _places.Read(row * Place.Size, Place.Size, bytes => MemoryMarshal.Read<Place>(bytes));
            return _texts.Read(place.Start, place.Id + place.Text, bytes => new Passage(
                Encoding.UTF8.GetString(bytes[..place.Id]),
                Encoding.UTF8.GetString(bytes[place.Id..])
            ));
        }
    }

    /// <summary>Whether a folder holds so many passages.</summary>
    public static bool Holds(string folder, long count) =>
        new FileInfo(Places(folder)) is { Exists: true } places && places.Length >= count * Place.Size && File.Exists(Texts(folder));

    /// <inheritdoc/>
    public void Dispose()
    {
        _texts.Dispose();
        _places.Dispose();
    }

    private static string Texts(string folder) => Path.Combine(folder, "passages.utf8");

    private static string Places(string folder) => Path.Combine(folder, "passages.places");

    /// <summary>Where a passage begins, and the bytes of its id and its text.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private readonly record struct Place(long Start, int Id, int Text)
    {
        public const int Size = sizeof(long) + 2 * sizeof(int);
    }

    /// <summary>Adds passages behind those that count; what a kill left behind them is cut off.</summary>
    public sealed class Writer : IDisposable
    {
        private readonly FileStream _texts;
        private readonly FileStream _places;

        public Writer(string folder, long count)
        {
            _texts = Open(Texts(folder));
            _places = Open(Places(folder));
            _places.SetLength(count * Place.Size);
            var end = 0L;
            if (count > 0)
            {
                _places.Seek(-Place.Size, SeekOrigin.End);
                Span<Place> last = stackalloc Place[1];
                _places.ReadExactly(MemoryMarshal.AsBytes(last));
                end = last[0].Start + last[0].Id + last[0].Text;
            }

            _texts.SetLength(end);
            _texts.Seek(0, SeekOrigin.End);
        }

        /// <summary>Adds a passage.</summary>
        public void Add(Passage passage)
        {
            var (id, text) = (Encoding.UTF8.GetBytes(passage.Id), Encoding.UTF8.GetBytes(passage.Text));
            Span<Place> place = [new(_texts.Position, id.Length, text.Length)];
            _places.Write(MemoryMarshal.AsBytes(place));
            _texts.Write(id);
            _texts.Write(text);
        }

        /// <summary>Waits until all is on the disk.</summary>
        public void Flush()
        {
            _texts.Flush(flushToDisk: true);
            _places.Flush(flushToDisk: true);
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            _texts.Dispose();
            _places.Dispose();
        }

        private static FileStream Open(string path) => new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, 1 << 16);
    }
}
