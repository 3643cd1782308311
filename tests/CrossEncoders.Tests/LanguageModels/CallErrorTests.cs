using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using System.Net;
using CrossEncoders.LanguageModels;

namespace CrossEncoders.Tests.LanguageModels;

public sealed class CallErrorTests
{
    [Theory]
    [InlineData(400, true, false, true)]
    [InlineData(401, true, true, false)]
    [InlineData(402, true, true, false)]
    [InlineData(403, true, true, false)]
    [InlineData(404, true, true, false)]
    [InlineData(408, false, false, false)]
    [InlineData(413, true, false, false)]
    [InlineData(415, true, false, true)]
    [InlineData(422, true, false, true)]
    [InlineData(429, false, false, false)]
    [InlineData(500, false, false, false)]
    [InlineData(501, false, false, true)]
    [InlineData(503, false, false, false)]
    [InlineData(302, false, false, false)]
    public void AStatusSaysWhetherToComeAgain(int status, bool isHopeless, bool isFatal, bool mayBeRefusalOfSchema)
    {
        foreach (var error in new Exception[] { StubChat.Error(status), Result(status) })
            Assert.Equal(
                (isHopeless, isFatal, mayBeRefusalOfSchema),
                (CallErrors.IsHopeless(error), CallErrors.IsFatal(error), CallErrors.MayBeRefusalOfSchema(error))
            );
    }

    [Fact]
    public void ErrorsWithoutAStatusMayPassButThoseOfOurs()
    {
        Exception[] passing = [new HttpRequestException("reset"), new TimeoutException(), new IOException(), new FormatException()];
        Assert.All(passing, error => Assert.False(CallErrors.IsHopeless(error)));
        Assert.True(CallErrors.IsHopeless(new CrossEncoderException("nothing recorded")));
        Assert.True(CallErrors.IsHopeless(new UnansweredException("over the budget")));
    }

    [Theory]
    [InlineData(7d, "Retry-After", "7")]
    [InlineData(0d, "Retry-After", "0")]
    [InlineData(0.5, "Retry-After", "0.5")]
    [InlineData(0.25, "retry-after-ms", "250")]
    [InlineData(0.25, "Retry-After", "7", "retry-after-ms", "250")] // the finer one
    [InlineData(7d, "Retry-After", "7", "retry-after-ms", "soon")]
    [InlineData(300d, "Retry-After", "86400")] // at most five minutes
    [InlineData(300d, "Retry-After", "99999999999999999999999")]
    [InlineData(300d, "retry-after-ms", "99999999999999999999999")]
    [InlineData(0d, "Retry-After", "Wed, 21 Oct 2015 07:28:00 GMT")]
    [InlineData(300d, "Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT")]
    [InlineData(null, "Retry-After", "soon")]
    [InlineData(null, "Retry-After", "")]
    [InlineData(null, "Retry-After", "NaN")]
    [InlineData(null, "Retry-After", "-Infinity")]
    [InlineData(null, "Retry-After", "1,5 s")]
    [InlineData(null, "Date", "7")]
    [InlineData(null)]
    public void TheServersWaitIsReadInEachForm(double? seconds, params string[] headers) =>
        Assert.Equal(seconds, CallErrors.Wait(Result(429, headers))?.TotalSeconds);

    [Fact]
    public void ADateIsAsFarAwayAsItIs()
    {
        var date = DateTimeOffset.UtcNow.AddSeconds(100).ToString("R", CultureInfo.InvariantCulture);
        Assert.InRange(CallErrors.Wait(Result(503, "Retry-After", date))!.Value.TotalSeconds, 90, 101);
    }

    [Fact]
    public void OtherErrorsAskForNoWait()
    {
        Assert.Null(CallErrors.Wait(null));
        Assert.Null(CallErrors.Wait(StubChat.Error(429)));
        Assert.Null(CallErrors.Wait(new TimeoutException()));
    }

    [Fact]
    public void OtherWordsKeepTheStatusAndTheWaitAndNothingElse()
    {
        var once = CallErrors.Reworded(Result(429, "Retry-After", "3"), "busy");
        var twice = CallErrors.Reworded(once, "very busy");
        Assert.Equal(("very busy", HttpStatusCode.TooManyRequests), (twice.Message, twice.StatusCode));
        Assert.Equal(TimeSpan.FromSeconds(3), CallErrors.Wait(twice));
        Assert.Null(twice.InnerException);
        var plain = CallErrors.Reworded(new IOException("reset"), "lost");
        Assert.Null(plain.StatusCode);
        Assert.Null(CallErrors.Wait(plain));
    }

    private static ClientResultException Result(int status, params string[] headers) =>
        new(new Response(status, headers.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase)));

    private sealed class Response(int status, Dictionary<string, string> headers) : PipelineResponse
    {
        public override int Status => status;

        public override string ReasonPhrase => "";

        public override Stream? ContentStream { get; set; }

        public override BinaryData Content { get; } = BinaryData.FromString("");

        protected override PipelineResponseHeaders HeadersCore { get; } = new Headers(headers);

        public override BinaryData BufferContent(CancellationToken cancellationToken = default) => Content;

        public override ValueTask<BinaryData> BufferContentAsync(CancellationToken cancellationToken = default) => new(Content);

        public override void Dispose() { }
    }

    private sealed class Headers(Dictionary<string, string> headers) : PipelineResponseHeaders
    {
        public override IEnumerator<KeyValuePair<string, string>> GetEnumerator() => headers.GetEnumerator();

        public override bool TryGetValue(string name, out string? value) => headers.TryGetValue(name, out value);

        public override bool TryGetValues(string name, out IEnumerable<string>? values)
        {
            values = headers.TryGetValue(name, out var value) ? [value] : null;
            return values is not null;
        }
    }
}
