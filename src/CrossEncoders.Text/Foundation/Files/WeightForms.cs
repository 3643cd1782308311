using System.Globalization;
using System.Text.RegularExpressions;

namespace CrossEncoders.Files;

/// <summary>The forms of weights that the kit reads, in the order in which it looks for them.</summary>
internal static partial class WeightForms
{
    private static readonly (string Stem, string Extension)[] Forms = [("model", ".safetensors"), ("pytorch_model", ".bin")];

    /// <summary>The files of the first form that is complete; null where none is.</summary>
    /// <param name="all">Every file of a repository, with slashes.</param>
    /// <param name="folder">The folder of the weights, with a slash at its end; empty for the repository itself.</param>
    public static List<string>? Find(IReadOnlyCollection<string> all, string folder = "") =>
        Forms.Select(form => Find(all, folder + form.Stem, form.Extension)).FirstOrDefault(found => found is not null);

    private static List<string>? Find(IReadOnlyCollection<string> all, string stem, string extension)
    {
        if (all.Contains(stem + extension))
            return [stem + extension];
        if (!all.Contains($"{stem}{extension}.index.json"))
            return null;
        var shards = all.Where(name =>
                name.StartsWith(stem + "-", StringComparison.Ordinal) && name.EndsWith(extension, StringComparison.Ordinal)
            )
            .Where(name => Shard().IsMatch(name[stem.Length..^extension.Length]))
            .ToList();
        if (shards.Count == 0 || shards.Count != int.Parse(shards[0][..^extension.Length][^5..], CultureInfo.InvariantCulture))
            return null;
        return [$"{stem}{extension}.index.json", .. shards];
    }

    [GeneratedRegex(@"^-[0-9]{5}-of-[0-9]{5}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Shard();
}
