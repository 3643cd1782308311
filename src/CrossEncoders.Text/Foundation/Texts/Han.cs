using System.Text;

namespace CrossEncoders.Texts;

/// <summary>Chinese characters: the unified ideographs, extension A, the compatibility ideographs and all of planes 2 and 3.</summary>
internal static class Han
{
    /// <summary>Whether a UTF-16 character is one; those of planes 2 and 3 count by the first half of their pair.</summary>
    public static bool Is(char c) => InBasicPlane(c) || c is >= '\uD840' and <= '\uD8BF';

    /// <summary>Whether a character is one.</summary>
    public static bool Is(Rune rune) => InBasicPlane(rune.Value) || rune.Value is >= 0x20000 and <= 0x3FFFF;

    private static bool InBasicPlane(int c) => c is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0xF900 and <= 0xFAFF);
}
