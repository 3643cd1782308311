using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace CrossEncoders.Benchmarks.Distillation;

/// <summary>A section of a document. See <c>data/prose/README.md</c> of the shared files.</summary>
internal sealed record ProseSection(string Title, string[] Headings, string Text, string? Kind)
{
    /// <summary>A short name that stays while the text does.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)))[..12];

    /// <summary>Title and headings, outermost first; a FAQ's question is its title.</summary>
    public IEnumerable<string> Above => Kind == "faq" ? [.. Headings, Title] : [Title, .. Headings];
}

/// <summary>A question of people and a passage that answers it; the same question may come again with another passage.</summary>
internal sealed record ProseQuestion(string Query, string Positive, string? Title);

/// <summary>A question written for the recipe, the section it is about and where in its text the answer begins.</summary>
internal sealed record WrittenQuestion(string Section, string Query, string Kind, int Answer);

/// <summary>Reads lists of one JSON object a line.</summary>
internal static class ProseFiles
{
    public static IReadOnlyList<T> Read<T>(params string[] path)
    {
        var file = Path.Combine(path);
        if (!File.Exists(file))
            throw new CrossEncoderException($"There is no file '{Path.GetFullPath(file)}'. Check --shared.");
        return [.. File.ReadLines(file).Select(line => JsonSerializer.Deserialize<T>(line, JsonSerializerOptions.Web)!)];
    }
}
