using System.Text;
using CrossEncoders.Documents;

namespace CrossEncoders.Tests.Chunking;

/// <summary>Documents of headings, prose in two languages, lists, tables and code, drawn from a seed.</summary>
internal static class RandomDocument
{
    private static readonly string[] Words = ["pump", "valve", "runs", "e.g.", "3.5", "dome", "the", "😀", "naïve", "E-42"];
    private static readonly string[] Clauses = ["水泵停机", "压力不得超过上限", "𠀀字", "请通知夜班长", "阀门，慢慢打开"];

    public static Document Of(int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder(random.Next(2) == 0 ? "# Guide\n\n" : "");
        for (var blocks = random.Next(1, 15); blocks > 0; blocks--)
            Block(text, random);
        return new Document("folder/guide.md", "Guide", text.ToString(), "en");
    }

    private static void Block(StringBuilder text, Random random)
    {
        switch (random.Next(7))
        {
            case 0:
            case 1:
                text.Append(new string('#', random.Next(2, 5)) + $" Part {random.Next(100)}\n\n");
                break;
            case 2:
                for (var i = random.Next(1, 8); i > 0; i--)
                    text.Append($"- {English(random)}\n");
                text.Append('\n');
                break;
            case 3:
                text.Append("| Code | Meaning |\n|---|---|\n");
                for (var i = random.Next(1, 12); i > 0; i--)
                    text.Append($"| E-{random.Next(100)} | {English(random)} |\n");
                text.Append('\n');
                break;
            case 4:
                text.Append($"```\n# no heading\n{English(random)}\n```\n\n");
                break;
            case 5:
                for (var i = random.Next(1, 12); i > 0; i--)
                    text.Append(Clauses[random.Next(Clauses.Length)] + "。！？"[random.Next(3)]);
                text.Append("\n\n");
                break;
            default:
                for (var i = random.Next(1, 12); i > 0; i--)
                    text.Append(English(random) + (random.Next(4) == 0 ? "\n" : " "));
                text.Append("\n\n");
                break;
        }
    }

    private static string English(Random random) =>
        "The " + string.Join(' ', Enumerable.Range(0, random.Next(1, 14)).Select(_ => Words[random.Next(Words.Length)])) + ".";
}
