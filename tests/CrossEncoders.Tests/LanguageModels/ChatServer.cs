using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using CrossEncoders.Chunking;
using CrossEncoders.LanguageModels;
using CrossEncoders.Tests.Hub;
using Microsoft.Extensions.AI;

namespace CrossEncoders.Tests.LanguageModels;

/// <summary>A call of the chat protocol as it arrived.</summary>
/// <param name="Passage">The last message.</param>
/// <param name="Number">The how many-th about this passage, from 1.</param>
/// <param name="HasSchema">Whether JSON of a schema was demanded.</param>
internal sealed record ChatCall(string Passage, int Number, bool HasSchema);

/// <summary>An HTTP server on loopback that speaks OpenAI's chat protocol and misbehaves where a function says so.</summary>
internal sealed class ChatServer : IDisposable
{
    private readonly LoopbackServer _server;

    /// <param name="answer">What to send; null for the good answer.</param>
    public ChatServer(Func<ChatCall, Reply?> answer) =>
        _server = new LoopbackServer(request =>
        {
            var call = Read(request);
            Calls.Enqueue(call);
            return answer(call) ?? Says(ScriptedChat.Answer(call.Passage));
        });

    public ConcurrentQueue<ChatCall> Calls { get; } = new();

    public string Address => $"{_server.Address}/v1";

    /// <summary>The client that a user gets by naming this server in the environment.</summary>
    public IChatClient Client(string key = "key") =>
        LanguageModel.From(name =>
            name switch
            {
                "OPENAI_BASE_URL" => Address,
                "OPENAI_API_KEY" => key,
                "OPENAI_MODEL" => "tiny",
                _ => null,
            }
        )!;

    public int CallsAbout(Chunk chunk) => Calls.Count(call => call.Passage == chunk.Passage);

    /// <summary>A well-formed answer with this content.</summary>
    public static Reply Says(string? content) =>
        Json(
            JsonSerializer.Serialize(
                new
                {
                    id = "1",
                    @object = "chat.completion",
                    created = 1,
                    model = "tiny-1",
                    choices = new[]
                    {
                        new
                        {
                            index = 0,
                            finish_reason = "stop",
                            message = new { role = "assistant", content },
                        },
                    },
                    usage = new
                    {
                        prompt_tokens = 100,
                        completion_tokens = 20,
                        total_tokens = 120,
                    },
                }
            )
        );

    public static Reply Json(string body) => new(200, Encoding.UTF8.GetBytes(body), ("Content-Type", "application/json"));

    public static Reply Error(int status, params (string, string)[] headers) =>
        new(
            status,
            Encoding.UTF8.GetBytes($$$"""{"error":{"message":"status {{{status}}}"}}"""),
            [("Content-Type", "application/json"), .. headers]
        );

    public void Dispose() => _server.Dispose();

    private ChatCall Read(Request request)
    {
        Assert.Equal("/v1/chat/completions", request.Path);
        using var json = JsonDocument.Parse(request.Body);
        var content = json.RootElement.GetProperty("messages").EnumerateArray().Last().GetProperty("content");
        var passage = content.ValueKind == JsonValueKind.String ? content.GetString()! : content[0].GetProperty("text").GetString()!;
        return new ChatCall(
            passage,
            Calls.Count(call => call.Passage == passage) + 1,
            json.RootElement.TryGetProperty("response_format", out _)
        );
    }
}
