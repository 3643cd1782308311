using System.Text.Json;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Retrieval;

/// <summary>XQuAD as a ranking task: 240 paragraphs, 1190 questions, each answered by one paragraph.</summary>
internal sealed record XQuAD(IReadOnlyList<Passage> Passages, IReadOnlyList<string> Questions, IReadOnlyList<string> Gold)
{
    public static XQuAD Load(string language)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Shared.Path($"data/xquad/xquad.{language}.json")));
        var (passages, questions, gold) = (new List<Passage>(), new List<string>(), new List<string>());
        foreach (var article in document.RootElement.GetProperty("data").EnumerateArray())
        foreach (var paragraph in article.GetProperty("paragraphs").EnumerateArray())
        {
            var id = passages.Count.ToString();
            passages.Add(new Passage(id, paragraph.GetProperty("context").GetString()!));
            foreach (var question in paragraph.GetProperty("qas").EnumerateArray())
            {
                questions.Add(question.GetProperty("question").GetString()!);
                gold.Add(id);
            }
        }
        return new XQuAD(passages, questions, gold);
    }
}
