using CrossEncoders;
using RerankServer;

// dotnet run -c Release --project src/RerankServer -- --Rerank:Model=data/models/cross-encoder-small-enzh --urls http://localhost:8080
var builder = WebApplication.CreateBuilder(args);
var settings = builder.Configuration.GetSection("Rerank").Get<ServerSettings>() ?? new();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = settings.MaxBodyBytes);
builder.Services.AddReranking(settings);
var app = builder.Build();
app.MapReranking();
try
{
    app.Services.GetRequiredService<RequestBatcher>(); // a model that does not load ends the program now, not at the first request
}
catch (CrossEncoderException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}

await app.RunAsync();
return 0;
