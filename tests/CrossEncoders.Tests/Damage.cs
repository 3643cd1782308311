using System.Text;
using System.Text.Json.Nodes;

namespace CrossEncoders.Tests;

/// <summary>Damaged copies of files, different for each state of a random number generator.</summary>
internal static class Damage
{
    /// <summary>What JSON is made of, some of it as no one should write it.</summary>
    public static readonly string[] Json =
    [
        "{",
        "}",
        "[",
        "]",
        "\"",
        ",",
        ":",
        "\\",
        "0",
        "-",
        "9",
        ".",
        "\n",
        "\0",
        "null",
        "true",
        "[]",
        "{}",
        "{\"a\":",
        "[[[[[[[[[[[[[[[[[[[[",
        "1e999",
        "NaN",
        "\\ud83d",
        "\\u0000",
        "\uFEFF",
        "\uD83D\uDE00",
    ];

    /// <summary>The file with a few bytes changed, taken out, doubled or cut off, or with pieces of its format in their place.</summary>
    /// <param name="file">The sound file.</param>
    /// <param name="random">Says where and how.</param>
    /// <param name="pieces">What the format is made of.</param>
    /// <param name="edge">How much of the file's start and end holds its structure: nine in ten changes go there.</param>
    public static byte[] Of(byte[] file, Random random, string[] pieces, int edge = int.MaxValue)
    {
        var bytes = file.ToList();
        for (var changes = random.Next(1, 4); changes > 0 && bytes.Count > 0; changes--)
        {
            var near = Math.Min(edge, bytes.Count);
            var at = random.Next(10) switch
            {
                < 6 => random.Next(near),
                < 9 => bytes.Count - 1 - random.Next(near),
                _ => random.Next(bytes.Count),
            };
            var count = Math.Min(random.Next(1, 20), bytes.Count - at);
            switch (random.Next(8))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.RemoveRange(at, count);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, count));
                    break;
                case 4:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(pieces[random.Next(pieces.Length)]));
                    break;
                case 5:
                    bytes[at] = Encoding.UTF8.GetBytes(pieces[random.Next(pieces.Length)])[0];
                    break;
                case 6:
                    bytes.RemoveRange(at, count);
                    bytes.InsertRange(at, Enumerable.Repeat((byte)(random.Next(2) * 255), count));
                    break;
                default:
                    if (random.Next(5) == 0)
                        bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Correct JSON with one value gone or replaced.</summary>
    public static string Value(string json, Random random, string[] values)
    {
        var root = JsonNode.Parse(json)!;
        var places = Places(root).ToList();
        var (parent, key, index) = places[random.Next(places.Count)];
        var value = JsonNode.Parse(values[random.Next(values.Length)]);
        if (parent is JsonArray list)
            list[index] = value;
        else if (random.Next(5) == 0)
            parent.AsObject().Remove(key!);
        else
            parent[key!] = value;
        return root.ToJsonString();
    }

    private static IEnumerable<(JsonNode Parent, string? Key, int Index)> Places(JsonNode node) =>
        node switch
        {
            JsonObject map => map.SelectMany(entry => (entry.Value is null ? [] : Places(entry.Value)).Append((map, entry.Key, 0))),
            JsonArray list => list.SelectMany((item, i) => (item is null ? [] : Places(item)).Append((list, null, i))),
            _ => [],
        };
}
