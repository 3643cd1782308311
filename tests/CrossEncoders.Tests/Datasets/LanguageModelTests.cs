using System.Net;
using System.Text;
using CrossEncoders.Datasets;

namespace CrossEncoders.Tests.Datasets;

public sealed class LanguageModelTests
{
    private static Func<string, string?> Variables(string? address, string? key, string? model) => name => name switch
    {
        "OPENAI_BASE_URL" => address,
        "OPENAI_API_KEY" => key,
        "OPENAI_MODEL" => model,
        _ => null,
    };

    [Fact]
    public void WithoutSettingsThereIsNoModel() => Assert.Null(LanguageModel.From(Variables(null, " ", null)));

    [Fact]
    public void HalfASettingIsAnError()
    {
        var error = Assert.Throws<CrossEncoderException>(() => LanguageModel.From(Variables("http://localhost:1/v1", null, null)));
        Assert.Contains("OPENAI_API_KEY and OPENAI_MODEL are not set", error.Message);
        Assert.Contains("ftp://x", Assert.Throws<CrossEncoderException>(() => LanguageModel.From(Variables("ftp://x", "k", "m"))).Message);
    }

    [Fact]
    public async Task AServerThatMisbehavesIsAskedAgain()
    {
        using var server = new HttpListener();
        var port = FreePort();
        server.Prefixes.Add($"http://127.0.0.1:{port}/");
        server.Start();
        var calls = 0;
        var asked = new List<string>();
        var serving = Task.Run(async () =>
        {
            while (server.IsListening)
            {
                HttpListenerContext context;
                try
                {
                    context = await server.GetContextAsync();
                }
                catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }
                asked.Add(await new StreamReader(context.Request.InputStream).ReadToEndAsync());
                var call = ++calls;
                var body = "{\"error\":{\"message\":\"busy\"}}";
                if (call == 1)
                {
                    context.Response.StatusCode = 429;
                    context.Response.AddHeader("Retry-After", "0");
                }
                else if (call == 2)
                {
                    context.Response.StatusCode = 500;
                }
                else if (call == 3)
                {
                    body = "{\"id\":\"1\",\"choices\":[{\"index\":0,\"mess";
                }
                else
                {
                    body = """
                        {"id":"1","object":"chat.completion","created":1,"model":"tiny-1","choices":[{"index":0,"finish_reason":"stop",
                        "message":{"role":"assistant","content":"Here is one:\n1. When does the pump stop?"}}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}
                        """;
                }
                context.Response.ContentType = "application/json";
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
                context.Response.Close();
            }
        }, TestContext.Current.CancellationToken);

        var client = LanguageModel.From(Variables($"http://127.0.0.1:{port}/v1", "key", "tiny"))!;
        var documents = new DocumentCollection([new Document("a.md", "A", "# A\n\nThe pump stops above 3 bar.\n", "en")]);
        var options = new QaDatasetOptions { RetryDelay = TimeSpan.FromMilliseconds(1) };
        var dataset = await QaDataset.CreateAsync(documents, documents.Chunk(Counting.Words), client, options, null, TestContext.Current.CancellationToken);
        server.Stop();
        await serving;

        Assert.Equal("When does the pump stop?", Assert.Single(dataset.Questions).Text);
        Assert.Equal("tiny-1", dataset.Questions[0].Model);
        Assert.Equal(4, calls);
        Assert.All(asked, body => Assert.Contains("\"tiny\"", body));
    }

    private static int FreePort()
    {
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
