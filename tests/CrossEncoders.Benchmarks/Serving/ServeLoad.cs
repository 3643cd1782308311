using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using CrossEncoders.Onnx;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using RerankServer;

namespace CrossEncoders.Benchmarks.Serving;

/// <summary>
/// The re-ranking server under load over loopback, with and without batches across requests: latencies, rate, memory, and every kind of
/// answer. Fails where a request has another answer than a ranking or a typed refusal.
/// </summary>
internal static class ServeLoad
{
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var options = new Options(arguments);
        var folder = options.Text("model");
        var texts = SquadFile.Load(Path.Combine(options.Text("shared"), "data", "xquad", "xquad.en.json"));
        var scratch = Directory.CreateTempSubdirectory("serve-load-").FullName;
        var failed = false;
        try
        {
            foreach (var mode in options.Text("modes", "libtorch,fp32,quantized").Split(','))
            {
                var model = mode == "libtorch" ? folder : Exported(folder, Path.Combine(scratch, mode), mode);
                foreach (var batch in options.Text("batches", $"{new ServerSettings().BatchPairs},0").Split(',').Select(Pairs))
                {
                    var settings = new ServerSettings
                    {
                        Model = model,
                        BatchPairs = batch,
                        MaxWaitingPairs = options.Number("waiting", 1000),
                    };
                    Console.WriteLine(
                        $"{mode}, {(batch == 0 ? "each request on its own" : $"batches of up to {batch} pairs across requests")}"
                    );
                    failed |= !await Measure(settings, texts, options);
                }
            }
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }

        return failed ? 1 : 0;
    }

    private static int Pairs(string text) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out var pairs)
            ? pairs
            : throw new CrossEncoderException($"--batches takes whole numbers with commas between them, but was given '{text}'.");

    private static string Exported(string folder, string output, string precision)
    {
        using var model = CrossEncoder.FromPretrained(folder, new() { Device = "cpu", Report = _ => { } });
        model.ExportOnnx(output, new() { Precision = Enum.Parse<OnnxPrecision>(precision, ignoreCase: true), LeastNdcgShare = 0 });
        return output;
    }

    private static async Task<bool> Measure(ServerSettings settings, SquadFile texts, Options options)
    {
        var count = options.Number("requests", 1000);
        var clients = options.Number("clients", 16);
        var (least, most) = (options.Number("least", 20), options.Number("most", 100));
        var tokens = options.Number("tokens", 0);
        LoadRequest Request(int number) => LoadRequest.Of(number, texts, least, most, tokens, settings);

        using var errors = new ErrorLog();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(errors);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = settings.MaxBodyBytes);
        builder.Services.AddReranking(settings);
        await using var app = builder.Build();
        app.MapReranking();
        await app.StartAsync();
        using (var warming = new LoadClients(new(app.Urls.First())))
            await warming.Send(0, Math.Min(100, count / 4), clients, Request);
        var before = Memory();
        using var load = new LoadClients(new(app.Urls.First()));
        var clock = Stopwatch.StartNew();
        await load.Send(1000, 1000 + count / 2, clients, Request);
        var seconds = clock.Elapsed.TotalSeconds;
        var half = Memory();
        clock.Restart();
        await load.Send(1000 + count / 2, 1000 + count, clients, Request);
        seconds += clock.Elapsed.TotalSeconds;
        for (var i = 0; i < 6000 && await load.Waiting() > 0; i++) // what was given up is let go of at the end of its batch
            await Task.Delay(10);
        var waiting = await load.Waiting();
        Report(load, seconds, [before, half, Memory()]);
        if (waiting > 0)
            load.Failures.Enqueue($"{waiting} pairs wait although all requests have ended.");
        foreach (var failure in load.Failures.Concat(errors.Lines).Take(20))
            Console.WriteLine($"  FAILED: {failure}");
        return load.Failures.IsEmpty && errors.Lines.IsEmpty;
    }

    private static void Report(LoadClients load, double seconds, double[] memory)
    {
        double[] sorted = [.. load.Seconds.Order()];
        double At(double share) => sorted.Length == 0 ? 0 : sorted[(int)Math.Min(sorted.Length - 1, share * sorted.Length)];
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"  {sorted.Length / seconds:0.00} requests/s and {load.Documents / seconds:0.0} pairs/s served, p50 {At(0.5):0.00} s, "
                    + $"p99 {At(0.99):0.00} s; memory {memory[0]:0} MB before, {memory[1]:0} MB after half, {memory[2]:0} MB at the end"
            )
        );
        foreach (var (kind, times) in load.Answers.OrderBy(answer => answer.Key, StringComparer.Ordinal))
            Console.WriteLine($"  {kind}: {times}");
    }

    /// <summary>The process's memory in MB, clients included, after what is not used is let go of.</summary>
    private static double Memory()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64 / 1e6;
    }

    /// <summary>Keeps what the server logs as an error: an exception that no handler knew.</summary>
    private sealed class ErrorLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (IsEnabled(logLevel))
                Lines.Enqueue($"log: {formatter(state, exception)} {exception?.Message}");
        }

        public void Dispose() { }
    }
}
