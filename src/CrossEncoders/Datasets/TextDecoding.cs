using System.Text;
using UtfUnknown;

namespace CrossEncoders.Datasets;

/// <summary>Bytes of a file to text: byte order mark, then strict UTF-8, then the statistics of UTF.Unknown.</summary>
internal static class TextDecoding
{
    static TextDecoding() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>The text, or null and the reason why there is none.</summary>
    public static string? Decode(byte[] bytes, out string? problem)
    {
        problem = null;
        if (bytes is [0xEF, 0xBB, 0xBF, ..]) return Strict(new UTF8Encoding(false, true), bytes.AsSpan(3), out problem);
        if (bytes is [0xFF, 0xFE, 0, 0, ..]) return Strict(new UTF32Encoding(false, false, true), bytes.AsSpan(4), out problem);
        if (bytes is [0xFF, 0xFE, ..]) return Strict(new UnicodeEncoding(false, false, true), bytes.AsSpan(2), out problem);
        if (bytes is [0xFE, 0xFF, ..]) return Strict(new UnicodeEncoding(true, false, true), bytes.AsSpan(2), out problem);
        if (Array.IndexOf(bytes, (byte)0) >= 0)
        {
            if (Utf16WithoutMark(bytes) is { } utf16) return Strict(utf16, bytes, out problem);
            problem = "it holds NUL bytes, so it is a binary file and not text";
            return null;
        }
        if (Strict(new UTF8Encoding(false, true), bytes, out problem) is { } text) return text;
        var detected = CharsetDetector.DetectFromBytes(bytes).Detected;
        var name = detected?.EncodingName?.ToLowerInvariant();
        if (name is null || detected!.Confidence < 0.3f)
        {
            problem = "its encoding could not be told; save it as UTF-8";
            return null;
        }
        // GB18030 contains the older sets that the statistics may name.
        var encoding = name is "gb18030" or "gb2312" or "gbk" or "x-cp20936" ? Encoding.GetEncoding("gb18030") : detected.Encoding;
        if (encoding is not null) return Strict(encoding, bytes, out problem);
        problem = $"its encoding {name} is not supported; save it as UTF-8";
        return null;
    }

    private static string? Strict(Encoding encoding, ReadOnlySpan<byte> bytes, out string? problem)
    {
        try
        {
            var strict = Encoding.GetEncoding(encoding.CodePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
            var text = strict.GetString(bytes);
            problem = text.Contains('\0') ? "it holds NUL characters, so it is a binary file and not text" : null;
            return problem is null ? text : null;
        }
        catch (DecoderFallbackException)
        {
            problem = $"it is not valid {encoding.WebName}; save it as UTF-8";
            return null;
        }
    }

    /// <summary>Text of mostly Latin letters has its zero bytes on one side of each pair.</summary>
    private static UnicodeEncoding? Utf16WithoutMark(byte[] bytes)
    {
        if (bytes.Length % 2 != 0) return null;
        int even = 0, odd = 0;
        for (var i = 0; i < bytes.Length; i += 2)
        {
            if (bytes[i] == 0) even++;
            if (bytes[i + 1] == 0) odd++;
        }
        if (even == 0 && odd * 4 > bytes.Length / 2) return new UnicodeEncoding(false, false, true);
        return odd == 0 && even * 4 > bytes.Length / 2 ? new UnicodeEncoding(true, false, true) : null;
    }
}
