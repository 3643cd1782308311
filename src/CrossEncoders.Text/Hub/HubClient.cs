using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace CrossEncoders.Hub;

/// <summary>Sends requests to the hub: token, redirects, retries, and errors in words.</summary>
/// <remarks>Protocol: huggingface_hub's <c>file_download.py</c> and <c>utils/_http.py</c>.</remarks>
internal sealed class HubClient(HubOptions options, string id, string revision)
{
    private const int MostRedirects = 10;

    // Redirects are followed here, since the token must not follow them to another host.
    private static readonly HttpClient Http = new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        }
    )
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private readonly string _shown = HubNames.Shown(options.Endpoint);

    /// <summary>Runs an action until it succeeds, fails for good, or has been tried often enough.</summary>
    public async Task<T> RetryAsync<T>(Func<Task<T>> action, Action<string>? report, CancellationToken cancellation)
    {
        for (var failures = 0; ; )
        {
            try
            {
                return await action().ConfigureAwait(false);
            }
            catch (HubFailure failure) when (!failure.Lasting)
            {
                failures = failure.Advanced ? 1 : failures + 1;
                var pause = failure.Wait ?? options.RetryDelay * Math.Pow(2, failures - 1);
                if (failures >= options.Attempts || pause > options.LongestPause)
                    throw;
                report?.Invoke($"{failure.Message}; trying again in {pause.TotalSeconds:0.#} s");
                await Task.Delay(pause, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Sends one request and follows redirects.</summary>
    /// <param name="method">GET or HEAD.</param>
    /// <param name="url">An address at the hub.</param>
    /// <param name="from">The first byte wanted; 0 for the whole.</param>
    /// <param name="isAnswer">Whether a redirect already says what the caller wants to know.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>A response of success, a redirect that is an answer, or 416 where <paramref name="from"/> is beyond the end.</returns>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string url,
        long from,
        Func<HttpResponseMessage, bool>? isAnswer,
        CancellationToken cancellation
    )
    {
        var home = new Uri(url);
        var target = home;
        for (var redirects = 0; redirects <= MostRedirects; redirects++)
        {
            var response = await SendOnceAsync(method, target, from, home, cancellation).ConfigureAwait(false);
            var status = (int)response.StatusCode;
            if (response.IsSuccessStatusCode || (status == 416 && from > 0))
                return response;
            if (status is 301 or 302 or 303 or 307 or 308 && response.Headers.Location is { } location)
            {
                if (isAnswer?.Invoke(response) == true)
                    return response;
                response.Dispose();
                var next = new Uri(target, location);
                if (next.Scheme is not ("http" or "https") || (target.Scheme == "https" && next.Scheme == "http"))
                    throw new CrossEncoderException(
                        $"The hub redirects {Shown(target)} to {next.Scheme}://{next.Host}, which is not safe to follow."
                    );
                target = next;
                continue;
            }

            using (response)
                throw Failure(response, target);
        }

        throw new HubFailure($"{Shown(home)} leads through more than {MostRedirects} redirects");
    }

    /// <summary>Reads with the time limit of a silent hub; a broken transfer is a <see cref="HubFailure"/>.</summary>
    public async Task<T> WatchAsync<T>(Func<CancellationToken, Task<T>> action, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.Timeout);
        try
        {
            return await action(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new HubFailure($"{_shown} was silent for {options.Timeout.TotalSeconds:0.#} s", error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            var lasting = error is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError };
            throw new HubFailure($"{_shown} cannot be reached or broke off ({Innermost(error)})", error) { Lasting = lasting };
        }
    }

    private Task<HttpResponseMessage> SendOnceAsync(HttpMethod method, Uri target, long from, Uri home, CancellationToken cancellation) =>
        WatchAsync(
            async limit =>
            {
                using var request = new HttpRequestMessage(method, target);
                request.Headers.UserAgent.Add(new ProductInfoHeaderValue("CrossEncoders", "1.0"));
                request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity")); // lengths and ranges count stored bytes
                if (from > 0)
                    request.Headers.Range = new RangeHeaderValue(from, null);
                if (IsSameServer(target, home) && Authorization(home) is { } authorization)
                    request.Headers.TryAddWithoutValidation("Authorization", authorization);
                return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit).ConfigureAwait(false);
            },
            cancellation
        );

    private string? Authorization(Uri home) =>
        options.Token is not null ? $"Bearer {options.Token}"
        : home.UserInfo.Length > 0 ? $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(home.UserInfo)))}"
        : null;

    private static bool IsSameServer(Uri one, Uri two) => one.Scheme == two.Scheme && one.Host == two.Host && one.Port == two.Port;

    private static string Shown(Uri address) => HubNames.Shown(address.OriginalString);

    private Exception Failure(HttpResponseMessage response, Uri target)
    {
        var code = response.Headers.TryGetValues("X-Error-Code", out var codes) ? codes.FirstOrDefault() : null;
        var reason = Excerpt.Of(response.ReasonPhrase ?? "", 100);
        var page = $"{_shown}/{id}";
        var token = options.Token is null ? "no token is set" : "the token that is set does not allow it";
        return (response.StatusCode, code) switch
        {
            (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError, _) => new HubFailure(
                $"{target.Host} answered {(int)response.StatusCode} {reason}"
            )
            {
                Wait =
                    response.Headers.TryGetValues(RetryAfter.Header, out var waits)
                    && RetryAfter.Of(waits.FirstOrDefault()) is { Ticks: >= 0 } wait
                        ? wait
                        : null,
            },
            (_, "RevisionNotFound") => new CrossEncoderException(
                $"The model '{id}' has no revision '{revision}'. See {page}/commits for its revisions."
            ),
            (_, "EntryNotFound") => new CrossEncoderException($"The model '{id}' has no file at {Shown(target)} in revision '{revision}'."),
            (HttpStatusCode.Unauthorized, not "GatedRepo") => new CrossEncoderException(
                $"The hub does not show '{id}' ({(int)response.StatusCode}): it does not exist, or is private and {token}. There is "
                    + $"no folder of that name either. Check the spelling at {page}, and set HF_TOKEN to an access token with read rights "
                    + $"({_shown}/settings/tokens)."
            ),
            (HttpStatusCode.Forbidden, _) or (_, "GatedRepo") => new CrossEncoderException(
                $"Access to '{id}' is refused ({(int)response.StatusCode}): {token}. Accept its conditions at {page} if it is "
                    + "gated, and set HF_TOKEN to an access token of that account."
            ),
            (HttpStatusCode.NotFound, _) => new CrossEncoderException(
                $"The hub has no model '{id}' with the revision '{revision}' (404 at {Shown(target)}), and there is no folder of that "
                    + $"name. Check the spelling at {page}."
            ),
            _ => new CrossEncoderException($"The hub answered {(int)response.StatusCode} {reason} at {Shown(target)}."),
        };
    }

    private static string Innermost(Exception error) => error.GetBaseException().Message.TrimEnd('.');
}
