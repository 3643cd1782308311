using System.Globalization;
using System.Text;
using System.Text.Json;
using CrossEncoders.Files;
using Microsoft.Extensions.AI;

namespace CrossEncoders.LanguageModels;

/// <summary>A call that is to go into a batch.</summary>
internal readonly record struct BatchCall(CallOptions Options, IReadOnlyList<ChatMessage> Messages)
{
    /// <summary>What a request is known by: key and instructions, so that an answer finds its place whenever it is read.</summary>
    public string Id => Options.Prompt is { } prompt ? $"{Options.Key}-{prompt}" : Options.Key;
}

/// <summary>
/// Requests and results of OpenAI's batches, which others take, too: JSON Lines, a request with a name of its own each, and the results in
/// any order. They are uploaded and fetched by the user.
/// </summary>
/// <remarks>Source: the reference of the Batch API, "The request input object" and "The request output object".</remarks>
internal static class BatchFiles
{
    private const int MostRequests = 50_000; // of a file
    private const long MostBytes = 200_000_000;
    private const string Begins = "requests-";

    /// <summary>Writes requests, into as many files as it takes; each appears whole or not at all.</summary>
    /// <param name="folder">The folder; without requests of an earlier batch.</param>
    /// <param name="client">The client of the model.</param>
    /// <param name="calls">What is asked.</param>
    /// <param name="mostRequests">The most requests of a file.</param>
    /// <param name="mostBytes">The most bytes of a file.</param>
    /// <exception cref="CrossEncoderException">The folder has requests already, or cannot be written.</exception>
    public static IReadOnlyList<string> Write(
        string folder,
        BatchClient client,
        IEnumerable<BatchCall> calls,
        int mostRequests = MostRequests,
        long mostBytes = MostBytes
    )
    {
        var full = Path.GetFullPath(folder);
        if (Directory.Exists(full) && Directory.EnumerateFiles(full, $"{Begins}*.jsonl").Any())
            throw new CrossEncoderException(
                $"'{full}' has requests already, which may be under way: sent twice they would be paid twice. "
                    + "Read their results first, or name another folder."
            );
        var files = new List<string>();
        using var lines = calls.Select(call => Line(client, call)).GetEnumerator();
        for (var more = lines.MoveNext(); more; )
        {
            files.Add(Path.Combine(full, string.Create(CultureInfo.InvariantCulture, $"{Begins}{files.Count + 1:00000}.jsonl")));
            AtomicFile.Write(files[^1], stream =>
            {
                var (requests, bytes) = (0, 0L);
                do
                {
                    stream.Write(lines.Current);
                    bytes += lines.Current.Length;
                    more = lines.MoveNext();
                } while (more && ++requests < mostRequests && bytes + lines.Current.Length <= mostBytes);
            });
        }

        return files;
    }

    /// <summary>Takes the answers of results into a journal; answers that it has already stay.</summary>
    /// <param name="files">The files of results and of errors.</param>
    /// <param name="client">The client of the model.</param>
    /// <param name="calls">What is asked.</param>
    /// <param name="objection">What is wrong with an answer, so that it is of no use; null where nothing is.</param>
    /// <param name="journal">Where they go.</param>
    /// <exception cref="CrossEncoderException">A file is missing or not one of results, or the journal cannot be written.</exception>
    public static BatchAnswers Read(
        IEnumerable<string> files,
        BatchClient client,
        IEnumerable<BatchCall> calls,
        Func<string, string?> objection,
        AnswerJournal journal
    )
    {
        var open = new Dictionary<string, CallOptions>(StringComparer.Ordinal);
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var call in calls)
            if (journal.Find(call.Options.Key, call.Options.Prompt) is { } answer && objection(answer.Answer) is null)
                known.Add(call.Id);
            else
                open[call.Id] = call.Options;
        var (taken, again, unknown, failures, used) = (0, 0, 0, new List<string>(), new TokenCount());
        foreach (var file in files)
        foreach (var result in BatchResult.In(file))
        {
            if (result.Id is null)
                failures.Add(result.Failure!);
            else if (known.Contains(result.Id))
                again++;
            else if (!open.TryGetValue(result.Id, out var call))
                unknown++;
            else if (Answer(client, result, objection, out var failure) is not { } response)
                failures.Add($"{call.Subject} ({result.Id}): {Secrets.Without(failure)}");
            else
            {
                journal.Append(ModelCalls.Record(call, response, client.Client), toDisk: false);
                used += new TokenCount(response.Usage?.InputTokenCount ?? 0, response.Usage?.OutputTokenCount ?? 0);
                open.Remove(result.Id);
                known.Add(result.Id);
                taken++;
            }
        }

        return new(taken, again, unknown, open.Count, used.Input, used.Output, failures);
    }

    private static ChatResponse? Answer(BatchClient client, BatchResult result, Func<string, string?> objection, out string failure)
    {
        failure = result.Failure ?? "";
        if (result.Body is not { } body)
            return null;
        try
        {
            var response = client.Response(body);
            failure = objection(response.Text) ?? "";
            return failure == "" ? response : null;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            failure = $"its answer cannot be read: {error.Message}"; // whatever the client makes of it
            return null;
        }
    }

    private static byte[] Line(BatchClient client, BatchCall call)
    {
        var line = new
        {
            custom_id = call.Id,
            method = "POST",
            url = "/v1/chat/completions",
            body = client.Request(call.Messages, call.Options),
        };
        return Encoding.UTF8.GetBytes(JsonSerializer.Serialize(line, JsonLines.Options) + "\n");
    }
}
