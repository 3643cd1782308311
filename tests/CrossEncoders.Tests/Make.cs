using System.Collections.Concurrent;
using CrossEncoders.Chunking;
using CrossEncoders.Documents;
using CrossEncoders.Retrieval;
using CrossEncoders.Tests.Chunking;
using Microsoft.Extensions.AI;

namespace CrossEncoders.Tests;

/// <summary>Small things that tests are made of.</summary>
internal static class Make
{
    public static Chunk Chunk(string passage, string language = "en", string document = "a.md", int number = 0) =>
        new(
            $"{document}#{number}",
            document,
            "Title",
            "",
            number * 1000,
            passage.Length,
            passage,
            language,
            passage,
            Counting.Words(passage)
        );

    /// <summary>Documents of a few chunks each, every other one in Chinese.</summary>
    public static (DocumentCollection Documents, IReadOnlyList<Chunk> Chunks) Corpus(int documents = 10, int sections = 4)
    {
        var all = new List<Document>();
        for (var d = 0; d < documents; d++)
        {
            var zh = d % 2 == 1;
            var text = string.Concat(
                Enumerable
                    .Range(0, sections)
                    .Select(s =>
                        zh
                            ? $"## 第{d}组第{s}节\n\n"
                                + string.Concat(
                                    Enumerable.Range(0, 4).Select(i => $"编号{d}{s}{i}的水泵压力不得超过{d + s + i}巴，超过时立刻停机。")
                                )
                                + "\n\n"
                            : $"## Section {s} of part{d}\n\n"
                                + string.Concat(
                                    Enumerable.Range(0, 6).Select(i => $"Pump p{d}x{s}x{i} stops above {d + s + i} bar when warm. ")
                                )
                                + "\n\n"
                    )
            );
            all.Add(new Document($"{(zh ? "zh" : "en")}/{d:00}.md", $"Part {d}", text, zh ? "zh" : "en"));
        }
        var collection = new DocumentCollection(all);
        return (collection, collection.Chunk(Counting.Words));
    }
}

/// <summary>A chat client that does what a function says; counts the calls for each passage.</summary>
internal sealed class ScriptedChat(Func<string, int, CancellationToken, Task<string>> answer) : IChatClient
{
    public ConcurrentDictionary<string, int> Calls { get; } = new();

    /// <summary>All that was sent.</summary>
    public ConcurrentQueue<(IReadOnlyList<ChatMessage> Messages, ChatOptions? Options)> Sent { get; } = new();

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        Sent.Enqueue(([.. messages], options));
        var passage = messages.Last().Text;
        var call = Calls.AddOrUpdate(passage, 1, (_, count) => count + 1);
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, await answer(passage, call, cancellationToken)))
        {
            ModelId = "scripted",
        };
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    ) => throw new NotSupportedException();

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose() { }

    /// <summary>An answer with one natural question and keywords, the passage's own.</summary>
    public static string Answer(string passage)
    {
        var hash = Chunk.HashOf(passage);
        return TextLanguageOf(passage) == "zh"
            ? Questions($"编号{hash}的水泵什么时候停机？", $"水泵 停机 {hash}")
            : Questions($"When does pump {hash} stop?", $"pump stop {hash}");
    }

    private static string Questions(string natural, string keyword) =>
        $$"""{"questions":[{"style":"natural","text":"{{natural}}"},{"style":"keyword","text":"{{keyword}}"}]}""";

    private static string TextLanguageOf(string passage) => passage.Contains('泵') ? "zh" : "en";
}

/// <summary>Ranks passages by the number of characters they share with the query; enough to have an order.</summary>
internal sealed class OverlapRetriever(IReadOnlyList<Passage> passages) : IRetriever
{
    public string Name => "overlap";

    public IReadOnlyList<Hit> Search(string query, int topK)
    {
        var words = query.ToHashSet();
        return
        [
            .. passages
                .Select(passage => new Hit(passage, passage.Text.Count(words.Contains) / (double)passage.Text.Length))
                .OrderByDescending(hit => hit.Score)
                .Take(topK),
        ];
    }
}
