using System.ClientModel;
using System.Globalization;
using System.Net;

namespace CrossEncoders.Datasets;

/// <summary>What a failed call to a language model means: come again, or not.</summary>
internal static class Retries
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>Whether this call cannot work later either: the request was refused with 4xx other than 408 and 429, or nothing is recorded
    /// for it. Time-outs, lost connections, 5xx and broken responses may be better the next time.</summary>
    public static bool IsHopeless(Exception error) => error is CrossEncoderException || Status(error) is >= 400 and < 500 and not 408 and not 429;

    /// <summary>Whether no call of this run can work: the key or the address is wrong.</summary>
    public static bool IsFatal(Exception error) => Status(error) is 401 or 403 or 404;

    private static int Status(Exception error) => error switch
    {
        ClientResultException result => result.Status,
        HttpRequestException { StatusCode: HttpStatusCode code } => (int)code,
        _ => 0,
    };

    /// <summary>How long to wait before another attempt: as long as the server asked for, else twice as long each time.</summary>
    /// <param name="error">What went wrong.</param>
    /// <param name="attempt">The number of attempts made, from 1.</param>
    /// <param name="first">The first wait.</param>
    public static TimeSpan Delay(Exception? error, int attempt, TimeSpan first)
    {
        if (error is ClientResultException result && result.GetRawResponse() is { } response
            && response.Headers.TryGetValue("Retry-After", out var header) && header is not null)
        {
            TimeSpan? asked = double.TryParse(header, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds)
                : DateTimeOffset.TryParse(header, CultureInfo.InvariantCulture, out var time) ? time - DateTimeOffset.UtcNow : null;
            if (asked is { } wait) return wait < TimeSpan.Zero ? TimeSpan.Zero : wait > Longest ? Longest : wait;
        }
        var delay = first * Math.Pow(2, Math.Min(attempt - 1, 10));
        return delay > Longest ? Longest : delay;
    }
}
