using System.Text;
using System.Text.RegularExpressions;
using UtfUnknown;

namespace CrossEncoders.Documents;

/// <summary>
/// Bytes of a file to text: byte order mark, then strict UTF-8, then what a page says about itself, then the statistics of UTF.Unknown.
/// </summary>
internal static partial class TextDecoding
{
    static TextDecoding() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>The text, or null and the reason why there is none.</summary>
    public static string? Decode(byte[] bytes, out string? problem)
    {
        problem = null;
        if (bytes is [0xEF, 0xBB, 0xBF, ..])
            return Strict(new UTF8Encoding(false, true), bytes.AsSpan(3), out problem);
        if (bytes is [0xFF, 0xFE, 0, 0, ..])
            return Strict(new UTF32Encoding(false, false, true), bytes.AsSpan(4), out problem);
        if (bytes is [0xFF, 0xFE, ..])
            return Strict(new UnicodeEncoding(false, false, true), bytes.AsSpan(2), out problem);
        if (bytes is [0xFE, 0xFF, ..])
            return Strict(new UnicodeEncoding(true, false, true), bytes.AsSpan(2), out problem);
        if (Array.IndexOf(bytes, (byte)0) >= 0)
        {
            if (Utf16WithoutMark(bytes) is { } utf16)
                return Strict(utf16, bytes, out problem);
            problem = "it holds NUL bytes, so it is a binary file and not text";
            return null;
        }
        if (Strict(new UTF8Encoding(false, true), bytes, out problem) is { } text)
            return text;
        if (Declared(bytes) is { } declared && Strict(declared, bytes, out problem) is { } page)
            return page;
        var detected = CharsetDetector.DetectFromBytes(bytes).Detected;
        var name = detected?.EncodingName?.ToLowerInvariant();
        if (name is null || detected!.Confidence < 0.3f)
        {
            problem = "its encoding could not be told; save it as UTF-8";
            return null;
        }
        // GB18030 contains the older sets that the statistics may name.
        // A few characters are too few for them: accents of Latin letters do not come in pairs.
        var encoding =
            name is "gb18030" or "gb2312" or "gbk" or "x-cp20936" || (detected.Encoding is not { IsSingleByte: false } && IsPairs(bytes))
                ? Encoding.GetEncoding("gb18030")
                : detected.Encoding;
        if (encoding is not null)
            return Strict(encoding, bytes, out problem);
        problem = $"its encoding {name} is not supported; save it as UTF-8";
        return null;
    }

    /// <summary>The encoding that an HTML page names at its start; null where it names none that is known.</summary>
    private static Encoding? Declared(byte[] bytes)
    {
        var start = Encoding.Latin1.GetString(bytes, 0, Math.Min(bytes.Length, 1024));
        if (Charset().Match(start) is not { Success: true } match)
            return null;
        var name = match.Groups[1].Value.ToLowerInvariant();
        try
        {
            return Encoding.GetEncoding(
                name is "gb2312" or "gbk" or "x-gbk" ? "gb18030"
                : name is "iso-8859-1" ? "windows-1252"
                : name
            );
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException) // UTF-7 is known and refused
        {
            return null;
        }
    }

    /// <summary>Whether everything beyond ASCII comes in pairs of bytes of the Han characters of GB 2312.</summary>
    private static bool IsPairs(byte[] bytes)
    {
        var pairs = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] < 0x80)
                continue;
            // 0xA1 to 0xA9 are the marks: ，。
            if (bytes[i] is not (>= 0xA1 and <= 0xA9 or >= 0xB0 and <= 0xF7) || ++i == bytes.Length || bytes[i] is < 0xA1 or 0xFF)
                return false;
            if (bytes[i - 1] >= 0xB0)
                pairs++;
        }

        return pairs > 1;
    }

    [GeneratedRegex("<meta[^>]{0,200}charset\\s*=\\s*[\"']?([a-zA-Z0-9_-]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Charset();

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
        if (bytes.Length % 2 != 0)
            return null;
        int even = 0,
            odd = 0;
        for (var i = 0; i < bytes.Length; i += 2)
        {
            if (bytes[i] == 0)
                even++;
            if (bytes[i + 1] == 0)
                odd++;
        }
        if (even == 0 && odd * 4 > bytes.Length / 2)
            return new UnicodeEncoding(false, false, true);
        return odd == 0 && even * 4 > bytes.Length / 2 ? new UnicodeEncoding(true, false, true) : null;
    }
}
