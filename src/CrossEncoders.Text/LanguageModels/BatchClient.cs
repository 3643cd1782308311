using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace CrossEncoders.LanguageModels;

/// <summary>
/// The usual client of the chat protocol with files in place of a network, so that a request in a batch is the one that would be sent, and
/// an answer is read as one that came. Not thread-safe.
/// </summary>
internal sealed class BatchClient : IDisposable
{
    private readonly Wire _wire = new();
    private readonly HttpClient _http;

    /// <param name="model">The model's name, as requests state it.</param>
    public BatchClient(string model)
    {
        _http = new(_wire);
        var options = new OpenAIClientOptions
        {
            Endpoint = new("http://batch.invalid/v1"),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            Transport = new HttpClientPipelineTransport(_http),
        };
        Client = new ChatClient(model, new ApiKeyCredential("none"), options).AsIChatClient();
    }

    /// <summary>The client; it says what the model is called.</summary>
    public IChatClient Client { get; }

    /// <summary>The body of the request for a call.</summary>
    public JsonElement Request(IReadOnlyList<ChatMessage> messages, CallOptions call)
    {
        _wire.Answer = """{"id":"1","object":"chat.completion","created":1,"model":"m","choices":[]}""";
        try
        {
            Send(messages, call);
        }
        catch (Exception error) when (_wire.Sent is not null && error is not OutOfMemoryException)
        {
            // An answer without choices is none; what was sent is what counts.
        }

        using var body = JsonDocument.Parse(_wire.Sent!);
        return body.RootElement.Clone();
    }

    /// <summary>The answer in the body of a response.</summary>
    public ChatResponse Response(JsonElement body)
    {
        _wire.Answer = body.GetRawText();
        return Send([new(ChatRole.User, "")], null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Client.Dispose();
        _http.Dispose();
    }

    private ChatResponse Send(IReadOnlyList<ChatMessage> messages, CallOptions? call) =>
        Client.GetResponseAsync(messages, call).GetAwaiter().GetResult();

    private sealed class Wire : HttpMessageHandler
    {
        public string? Sent { get; private set; }

        public string Answer { get; set; } = "";

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Sent = await request.Content!.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            return new() { Content = new StringContent(Answer, Encoding.UTF8, "application/json") };
        }
    }
}
