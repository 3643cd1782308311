using System.IO.Compression;
using System.Text;

namespace CrossEncoders.Tests.Documents;

/// <summary>PDF files made to do harm.</summary>
internal static class HostilePdf
{
    public static byte[] Packed(byte[] page, string[] filters)
    {
        foreach (var filter in filters)
        {
            var packed = new MemoryStream();
            if (filter == "LZWDecode")
                Lzw(packed, page);
            else
                using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
                    zlib.Write(page);
            page = packed.ToArray();
        }

        var file = new MemoryStream();
        var places = new List<long>();
        void Add(string text) => file.Write(Encoding.Latin1.GetBytes(text));
        void Item(string text)
        {
            places.Add(file.Position);
            Add($"{places.Count} 0 obj\n{text}");
        }

        Add("%PDF-1.4\n");
        Item("<</Type/Catalog/Pages 2 0 R>>\nendobj\n");
        Item("<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n");
        Item("<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>\nendobj\n");
        Item($"<</Filter[{string.Concat(filters.Select(filter => $"/{filter}"))}]/Length {page.Length}>>\nstream\n");
        file.Write(page);
        Add("\nendstream\nendobj\n");
        Item("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>\nendobj\n");
        var table = file.Position;
        Add("xref\n0 6\n0000000000 65535 f \n" + string.Concat(places.Select(place => $"{place:d10} 00000 n \n")));
        Add($"trailer<</Size 6/Root 1 0 R>>\nstartxref\n{table}\n%%EOF");
        return file.ToArray();
    }

    /// <summary>Packs with LZW codes that become wider early, as is the default.</summary>
    private static void Lzw(MemoryStream packed, byte[] data)
    {
        var (held, bits, sent) = (0L, 0, 0);
        var table = new Dictionary<(int Prefix, byte Next), int>();
        void Code(int code)
        {
            var width = (258 + Math.Max(0, sent++ - 1)) switch
            {
                >= 2047 => 12,
                >= 1023 => 11,
                >= 511 => 10,
                _ => 9,
            };
            held = (held << width) | (uint)code;
            for (bits += width; bits >= 8; bits -= 8)
                packed.WriteByte((byte)(held >> (bits - 8)));
            held &= (1 << bits) - 1;
        }

        Code(256);
        sent = 0;
        var prefix = (int)data[0];
        foreach (var next in data[1..])
        {
            if (table.TryGetValue((prefix, next), out var known))
            {
                prefix = known;
                continue;
            }

            Code(prefix);
            table[(prefix, next)] = 258 + table.Count;
            prefix = next;
            if (table.Count < 3800)
                continue;
            Code(256);
            sent = 0;
            table.Clear();
        }

        Code(prefix);
        Code(257);
        packed.WriteByte((byte)(held << (8 - bits)));
    }

    /// <summary>A document whose encryption dictionary belongs to some password that nobody has.</summary>
    public static byte[] Encrypted()
    {
        string[] objects =
        [
            "<</Type/Catalog/Pages 2 0 R>>",
            "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
            $"<</Filter/Standard/V 1/R 2/P -4/O<{new string('A', 64)}>/U<{new string('B', 64)}>>>",
        ];
        var text = new StringBuilder("%PDF-1.4\n");
        var offsets = new List<int>();
        for (var i = 0; i < objects.Length; i++)
        {
            offsets.Add(text.Length);
            text.Append($"{i + 1} 0 obj\n{objects[i]}\nendobj\n");
        }

        var table = text.Length;
        text.Append($"xref\n0 {objects.Length + 1}\n0000000000 65535 f \n")
            .Append(string.Concat(offsets.Select(offset => $"{offset:0000000000} 00000 n \n")));
        text.Append($"trailer\n<</Size {objects.Length + 1}/Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]>>\nstartxref\n{table}\n%%EOF\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
