using System.Text.RegularExpressions;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Elasticsearch;

/// <summary>How to enter a cluster, and how an index in it is made. Elasticsearch from 8.4 on, OpenSearch from 2.2 on.</summary>
public sealed partial record ElasticIndexOptions
{
    /// <summary>The alias that is searched; the indexes behind it are called by it, with a number.</summary>
    public string Name { get; init; } = "passages";

    /// <summary>A key as Elasticsearch gives it out, encoded. It goes before user and password.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The user's name.</summary>
    public string? Username { get; init; }

    /// <summary>The user's password.</summary>
    public string? Password { get; init; }

    /// <summary>
    /// SHA-256 of the certificate that the server shows, or of the authority that signed it, in hexadecimal, as Elasticsearch prints it
    /// when it is first started. Null for the authorities that the system trusts.
    /// </summary>
    public string? CertificateFingerprint { get; init; }

    /// <summary>Passages in one bulk request: what a kill has to send again at most.</summary>
    public int BatchSize { get; init; } = 1000;

    /// <summary>Bytes that a bulk request has about, at most.</summary>
    public int BatchBytes { get; init; } = 10_000_000;

    /// <summary>How many candidates an approximate search by vectors looks at on each shard: recall against time.</summary>
    public int Candidates { get; init; } = 200;

    /// <summary>The constants of BM25, which the index keeps.</summary>
    public Bm25Options Bm25 { get; init; } = new();

    /// <summary>How long a server that is away or too busy is tried again before that is an error.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long one request may take.</summary>
    public TimeSpan RequestLimit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>These options with the key, or user and password, of the environment.</summary>
    /// <remarks>ELASTIC_API_KEY, or ELASTIC_USERNAME and ELASTIC_PASSWORD; ELASTIC_CERTIFICATE_FINGERPRINT.</remarks>
    public ElasticIndexOptions WithEnvironment() =>
        this with
        {
            ApiKey = ApiKey ?? Environment.GetEnvironmentVariable("ELASTIC_API_KEY"),
            Username = Username ?? Environment.GetEnvironmentVariable("ELASTIC_USERNAME"),
            Password = Password ?? Environment.GetEnvironmentVariable("ELASTIC_PASSWORD"),
            CertificateFingerprint = CertificateFingerprint ?? Environment.GetEnvironmentVariable("ELASTIC_CERTIFICATE_FINGERPRINT"),
        };

    /// <summary>All but the secrets.</summary>
    public override string ToString() => $"{nameof(ElasticIndexOptions)} {{ Name = {Name}, BatchSize = {BatchSize} }}";

    internal ElasticIndexOptions Checked()
    {
        if (!PlainName().IsMatch(Name))
            throw new CrossEncoderException(
                $"The name of an index is made of at most 100 small letters, digits, '-' and '_', a letter first, but was '{Name}'."
            );
        Bm25.Checked();
        if (BatchSize < 1 || BatchBytes < 1)
            throw new CrossEncoderException($"A batch needs at least one passage and byte, but got {BatchSize} and {BatchBytes}.");
        if (CertificateFingerprint is { Length: > 0 } fingerprint && !Sha256().IsMatch(fingerprint))
            throw new CrossEncoderException(
                $"{nameof(CertificateFingerprint)} is a SHA-256 of 64 hexadecimal digits, with or without ':' between its bytes, but was "
                    + $"'{Excerpt.Of(fingerprint, 120)}'."
            );
        if (Candidates is < 1 or > 10_000)
            throw new CrossEncoderException($"{nameof(Candidates)} goes from 1 to 10 000, but was {Candidates}.");
        return this;
    }

    [GeneratedRegex(@"^[a-z][a-z0-9_-]{0,99}\z")]
    private static partial Regex PlainName();

    [GeneratedRegex(@"^([0-9a-fA-F]{2}:?){32}\z")]
    private static partial Regex Sha256();
}
