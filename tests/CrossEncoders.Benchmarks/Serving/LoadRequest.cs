using System.Text;
using System.Text.Json;

namespace CrossEncoders.Benchmarks.Serving;

/// <summary>What a client of the load does.</summary>
internal enum LoadKind
{
    /// <summary>Asks for documents to be ordered and reads the answer.</summary>
    Plain,

    /// <summary>Asks, and goes away before the answer.</summary>
    GivenUp,

    /// <summary>Sends what is not a request.</summary>
    Malformed,

    /// <summary>Sends one document of a million characters among others.</summary>
    LongDocument,

    /// <summary>Sends more documents than the server takes.</summary>
    TooMany,

    /// <summary>Sends more bytes than the server takes.</summary>
    TooLarge,

    /// <summary>Ends the connection in the middle of the body.</summary>
    CutOff,
}

/// <summary>One request of the load: the same for the same number, whatever the order they are sent in.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Body">Its bytes.</param>
/// <param name="Documents">How many documents are in it.</param>
/// <param name="Patience">When its client goes away, in milliseconds; null for never.</param>
internal sealed record LoadRequest(LoadKind Kind, byte[] Body, int Documents, int? Patience)
{
    private static readonly byte[][] Wrong =
    [
        [],
        "{"u8.ToArray(),
        "null"u8.ToArray(),
        """{"query":"q","documents":[]}"""u8.ToArray(),
        """{"query":"q","documents":["a",null]}"""u8.ToArray(),
        """{"query":["q"],"documents":["a"]}"""u8.ToArray(),
        """{"query":"q","documents":["a"],"top_n":-1}"""u8.ToArray(),
        """{"query":"q","texts":"a"}"""u8.ToArray(),
        """{"query":"\ud800","documents":["a"]}"""u8.ToArray(),
        [.. """{"query":"q","documents":[" """u8, 0xFF, 0xFE, .. "\"]}"u8], // not UTF-8
        Encoding.UTF8.GetBytes(new string('[', 5000)),
    ];

    /// <summary>Whether the server may answer with this status.</summary>
    public bool Allows(int status) =>
        Kind switch
        {
            LoadKind.Plain or LoadKind.GivenUp or LoadKind.LongDocument => status is 200 or 429,
            LoadKind.Malformed or LoadKind.TooMany => status is 400,
            LoadKind.TooLarge => status is 413,
            _ => false,
        };

    /// <summary>A request of the load.</summary>
    /// <param name="number">Which.</param>
    /// <param name="texts">What documents are drawn from.</param>
    /// <param name="least">The fewest documents of a request.</param>
    /// <param name="most">The most.</param>
    /// <param name="maxTokens">The most tokens of a document that are read; 0 for what the model reads.</param>
    /// <param name="limits">The server's limits.</param>
    public static LoadRequest Of(int number, SquadFile texts, int least, int most, int maxTokens, RerankServer.ServerSettings limits)
    {
        var random = new Random(number);
        var kind = (number % 100) switch
        {
            7 or 23 or 41 or 67 or 89 => LoadKind.GivenUp,
            11 or 31 or 59 or 83 => LoadKind.Malformed,
            13 => LoadKind.LongDocument,
            37 => LoadKind.TooMany,
            61 => LoadKind.TooLarge,
            79 => LoadKind.CutOff,
            _ => LoadKind.Plain,
        };
        if (kind == LoadKind.Malformed)
            return new(kind, Wrong[random.Next(Wrong.Length)], 0, null);
        if (kind == LoadKind.TooLarge)
            return new(kind, new byte[limits.MaxBodyBytes + 1], 0, null);
        var count = kind == LoadKind.TooMany ? limits.MaxDocuments + 1 : random.Next(least, most + 1);
        string[] documents = [.. Enumerable.Range(0, count).Select(_ => texts.Passages[random.Next(texts.Passages.Count)])];
        if (kind == LoadKind.LongDocument)
            documents[0] = string.Concat(Enumerable.Repeat(documents[0] + " ", limits.MaxCharacters / (documents[0].Length + 1)));
        var question = texts.Questions[random.Next(texts.Questions.Count)].Text;
        var body = Json(question, documents, isTei: number % 2 == 1, maxTokens);
        return new(kind, body, count, kind == LoadKind.GivenUp ? random.Next(1, 500) : null);
    }

    private static byte[] Json(string query, string[] documents, bool isTei, int maxTokens)
    {
        var fields = new Dictionary<string, object> { ["query"] = query, [isTei ? "texts" : "documents"] = documents };
        if (maxTokens > 0)
            fields[isTei ? "truncate_prompt_tokens" : "max_tokens_per_doc"] = maxTokens;
        return JsonSerializer.SerializeToUtf8Bytes(fields);
    }
}
