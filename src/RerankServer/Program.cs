using CrossEncoders;
using RerankServer;

// dotnet run -c Release --project src/RerankServer -- --Rerank:Model=data/models/cross-encoder-small-enzh --urls http://localhost:8080
var builder = WebApplication.CreateBuilder(args);
WebApplication app;
try
{
    var settings = ServerSettings.Of(builder.Configuration);
    builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = settings.MaxBodyBytes);
    builder.Services.AddReranking(settings);
    app = builder.Build();
    app.Services.GetRequiredService<RequestBatcher>(); // a model that does not load ends the program now, not at the first request
}
catch (CrossEncoderException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}

app.MapReranking();
await app.RunAsync();
return 0;
