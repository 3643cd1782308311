using System.ClientModel;
using System.Net;

namespace CrossEncoders.LanguageModels;

/// <summary>What a failed call to a language model means: come again, or not.</summary>
internal static class CallErrors
{
    /// <summary>The longest wait between two attempts, whoever asked for it.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Whether this call cannot work later either: the request was refused with 4xx other than 408 and 429, nothing is recorded for it,
    /// or it is over the budget. Time-outs, lost connections, 5xx and broken responses may be better the next time.
    /// </summary>
    public static bool IsHopeless(Exception error) =>
        error is CrossEncoderException or UnansweredException || Status(error) is >= 400 and < 500 and not 408 and not 429;

    /// <summary>Whether no call of this run can work: the key or the address is wrong.</summary>
    public static bool IsFatal(Exception error) => Status(error) is 401 or 402 or 403 or 404;

    /// <summary>Whether the endpoint has too much to do.</summary>
    public static bool IsOverload(Exception error) => Status(error) is 429 || (Status(error) is 503 && Wait(error) is not null);

    /// <summary>Whether an endpoint may have refused the form of answer asked for, and not the question.</summary>
    public static bool MayBeRefusalOfSchema(Exception error) => Status(error) is 400 or 415 or 422 or 501;

    /// <summary>
    /// How long the server asked to wait (Retry-After in seconds or as a date, or retry-after-ms), at most <see cref="LongestWait"/>; null
    /// where it did not.
    /// </summary>
    public static TimeSpan? Wait(Exception? error)
    {
        if (error is HttpRequestException { Data: { } data } && data[RetryAfter.Header] is TimeSpan kept)
            return kept;
        if (error is not ClientResultException result || result.GetRawResponse() is not { } response)
            return null;
        var asked = RetryAfter.Number(Header("retry-after-ms")) is { } milliseconds
            ? TimeSpan.FromMilliseconds(milliseconds)
            : RetryAfter.Of(Header(RetryAfter.Header));
        return asked is { } wait ? TimeSpan.FromTicks(Math.Clamp(wait.Ticks, 0, LongestWait.Ticks)) : null;

        string? Header(string name) => response.Headers.TryGetValue(name, out var value) ? value : null;
    }

    /// <summary>
    /// The same failure in other words: its status and the wait the server asked for are kept, the error below it is not.
    /// </summary>
    public static HttpRequestException Reworded(Exception error, string message)
    {
        var status = Status(error);
        var reworded = new HttpRequestException(message, null, status == 0 ? null : (HttpStatusCode)status);
        if (Wait(error) is { } wait)
            reworded.Data[RetryAfter.Header] = wait;
        return reworded;
    }

    private static int Status(Exception error) =>
        error switch
        {
            ClientResultException result => result.Status,
            HttpRequestException { StatusCode: HttpStatusCode code } => (int)code,
            _ => 0,
        };
}
