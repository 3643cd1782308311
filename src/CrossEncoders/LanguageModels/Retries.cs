using System.ClientModel;
using System.Globalization;
using System.Net;

namespace CrossEncoders.LanguageModels;

/// <summary>What a failed call to a language model means: come again, or not.</summary>
internal static class Retries
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>Whether this call cannot work later either: the request was refused with 4xx other than 408 and 429, or nothing is recorded
    /// for it. Time-outs, lost connections, 5xx and broken responses may be better the next time.</summary>
    public static bool IsHopeless(Exception error) =>
        error is CrossEncoderException || Status(error) is >= 400 and < 500 and not 408 and not 429;

    /// <summary>Whether no call of this run can work: the key or the address is wrong.</summary>
    public static bool IsFatal(Exception error) => Status(error) is 401 or 402 or 403 or 404;

    /// <summary>Whether an endpoint may have refused the form of answer asked for, and not the question.</summary>
    public static bool MayBeRefusalOfSchema(Exception error) => Status(error) is 400 or 415 or 422 or 501;

    private static int Status(Exception error) =>
        error switch
        {
            ClientResultException result => result.Status,
            HttpRequestException { StatusCode: HttpStatusCode code } => (int)code,
            _ => 0,
        };

    /// <summary>How long the server asked to wait (Retry-After in seconds or as a date, retry-after-ms), at most 5 minutes; null where it did not.</summary>
    public static TimeSpan? RetryAfter(Exception? error)
    {
        if (error is not ClientResultException result || result.GetRawResponse() is not { } response)
            return null;
        TimeSpan? asked =
            Number("retry-after-ms") is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds)
            : Number("Retry-After") is { } seconds ? TimeSpan.FromSeconds(seconds)
            : response.Headers.TryGetValue("Retry-After", out var text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var time)
                ? time - DateTimeOffset.UtcNow
            : null;
        return asked is { } wait ? TimeSpan.FromTicks(Math.Clamp(wait.Ticks, 0, Longest.Ticks)) : null;

        double? Number(string name) =>
            response.Headers.TryGetValue(name, out var text)
            && double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
                ? Math.Min(value, 1e6)
                : null;
    }

    /// <summary>How long to wait before another attempt: as long as the server asked for, else twice as long each time, at most 5 minutes.</summary>
    /// <param name="error">What went wrong.</param>
    /// <param name="attempt">The number of attempts made, from 1.</param>
    /// <param name="first">The first wait.</param>
    public static TimeSpan Delay(Exception? error, int attempt, TimeSpan first)
    {
        if (RetryAfter(error) is { } asked)
            return asked;
        var delay = first * Math.Pow(2, Math.Min(attempt - 1, 10));
        return delay > Longest ? Longest : delay;
    }
}
