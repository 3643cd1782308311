using System.Text;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>Seeded soup of scripts, marks, emoji, controls, white space and special tokens.</summary>
internal static class RandomText
{
    private static readonly string[] Snippets =
    [
        "the",
        "The",
        "naïve",
        "don't",
        "it's",
        "we'LL",
        "Zürich",
        "İstanbul",
        "ß",
        "ﬁ",
        "½",
        "Ⅷ",
        "①",
        "Ａ̀",
        "e\u0301",
        "ẛ̣",
        "한국어",
        "각",
        "你好",
        "世界，",
        "日本語",
        "カﾞ",
        "русский",
        "Ё",
        "עִבְרִית",
        "العربية",
        "हिन्दी",
        "क्ष",
        "ไทย",
        "நி",
        "👍",
        "👨‍👩‍👧",
        "🇨🇳",
        "❤️",
        "𝒳",
        "𠀀",
        "豈",
        "",
        " ",
        "  ",
        "   ",
        "\t",
        "\t\t",
        "\n",
        "\r\n",
        "\u00A0",
        "\u3000",
        "\u2028",
        "\u0085",
        "\u200B",
        "\u200D",
        "\u00AD",
        "\uFEFF",
        "\u0007",
        "\u001F",
        "\u007F",
        "\uE000",
        "\uFFFD",
        "\uFFFF",
        "▁",
        "▁▁",
        "a▁b",
        "<s>",
        "</s>",
        "<pad>",
        "<unk>",
        " <mask> ",
        "<mask>",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        "[PAD]",
        "[UNK]",
        "é|IP|",
        "e\u0301|IP|",
        "＜s＞",
        "$",
        "^",
        "_",
        "...",
        "123",
        "３.14",
        "½",
        "aaaaaaaaaaaaaaaaaaaaaaaa",
        "(",
        ")",
        "'",
        "\"",
        "-",
        "—",
        "#",
        "##ing",
    ];

    private static readonly (int First, int Last)[] Ranges =
    [
        (0x20, 0x7E),
        (0x20, 0x7E),
        (0x20, 0x7E),
        (0xA0, 0x24F),
        (0x300, 0x36F),
        (0x370, 0x52F),
        (0x590, 0x6FF),
        (0x900, 0xDFF),
        (0xE00, 0xEFF),
        (0x1100, 0x11FF),
        (0x1E00, 0x206F),
        (0x2070, 0x2BFF),
        (0x3000, 0x30FF),
        (0x3100, 0x9FFF),
        (0xA000, 0xD7FF),
        (0xF900, 0xFFFF),
        (0x10000, 0x1FFFF),
        (0x1F300, 0x1FAFF),
        (0x20000, 0x2FA1F),
        (0xE0000, 0xE01FF),
    ];

    public static IEnumerable<string> Many(int count, int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
            yield return Next(random);
    }

    private static string Next(Random random)
    {
        var text = new StringBuilder();
        for (var length = random.Next(1, 30); length > 0; length--)
        {
            if (random.Next(2) == 0)
            {
                text.Append(Snippets[random.Next(Snippets.Length)]);
                continue;
            }

            var (first, last) = Ranges[random.Next(Ranges.Length)];
            for (var run = random.Next(1, 5); run > 0; run--)
                text.Append(new Rune(random.Next(first, last + 1)));
            text.Append(random.Next(3) == 0 ? " " : "");
        }

        return text.ToString();
    }
}
