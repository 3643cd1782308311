using CrossEncoders;
using RerankServer;

// dotnet run -c Release --project src/RerankServer -- --Rerank:Model=data/models/cross-encoder-small-enzh --urls http://localhost:8080
try
{
    var builder = WebApplication.CreateBuilder(args);
    var settings = ServerSettings.Of(builder.Configuration);
    builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = settings.MaxBodyBytes);
    builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None); // a start that fails is told below
    builder.Services.AddReranking(settings);
    await using var app = builder.Build();
    app.Services.GetRequiredService<RequestBatcher>(); // a model that does not load ends the program now, not at the first request
    app.MapReranking();
    await app.RunAsync();
    return 0;
}
// settings that cannot be read, an address that is none or that another program has
catch (Exception error) when (error is CrossEncoderException or IOException or InvalidDataException or FormatException)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}
