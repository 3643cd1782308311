using System.Collections.Concurrent;
using Microsoft.Extensions.AI;

namespace CrossEncoders.Tests.LanguageModels;

/// <summary>A chat client whose answer to each call, counted from 1, is a function's; it keeps the options it was sent.</summary>
internal sealed class StubChat(Func<int, CancellationToken, Task<ChatResponse>> answer) : IChatClient
{
    private int _calls;

    public StubChat(Func<int, string> answer)
        : this((call, _) => Task.FromResult(Says(answer(call)))) { }

    public int Calls => _calls;

    public ConcurrentQueue<ChatOptions?> Options { get; } = new();

    public bool IsDisposed { get; private set; }

    public static ChatMessage[] Question => [new(ChatRole.System, "Be brief."), new(ChatRole.User, "Why?")];

    public static ChatResponse Says(string text) => new(new ChatMessage(ChatRole.Assistant, text)) { ModelId = "stub" };

    public static HttpRequestException Error(int status, string message = "no") => new(message, null, (System.Net.HttpStatusCode)status);

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        Options.Enqueue(options?.Clone());
        return answer(Interlocked.Increment(ref _calls), cancellationToken);
    }

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    ) => throw new HttpRequestException("a stream of abc-secret-123");

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose() => IsDisposed = true;
}
