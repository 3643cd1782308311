using System.Globalization;
using System.Text;
using CrossEncoders.Retrieval;
using Npgsql;

namespace CrossEncoders.Postgres;

/// <summary>Some passages in a row with all that their table holds of them.</summary>
internal sealed class PostgresBatch
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly Passage[] _passages;
    private readonly List<string>[] _terms;
    private readonly float[][]? _vectors;
    private readonly bool _bm25;

    /// <summary>Analyzes and embeds the passages.</summary>
    public PostgresBatch(long first, Passage[] passages, ITextEmbedder? embedder, bool bm25, CancellationToken cancellation)
    {
        (First, _passages, _bm25) = (first, passages, bm25);
        foreach (var passage in passages)
            Check(passage);
        _terms = new List<string>[passages.Length];
        Parallel.For(0, passages.Length, i => _terms[i] = TextAnalyzer.Terms(passages[i].Text));
        _vectors = embedder?.EmbedPassages([.. passages.Select(passage => passage.Text)], null, cancellation);
        if (_vectors is not null && _vectors.Length != passages.Length)
            throw new CrossEncoderException(
                $"An embedder must give one vector for each text, but '{embedder!.Name}' gave {_vectors.Length} for {passages.Length}."
            );
    }

    /// <summary>The place of its first passage in the collection.</summary>
    public long First { get; }

    /// <summary>The place after its last.</summary>
    public long End => First + _passages.Length;

    /// <summary>Length of the vectors; null without.</summary>
    public int? Dimensions => _vectors?[0].Length;

    /// <summary>Adds the passages to a hash.</summary>
    public void AddTo(PassageChain chain) => Array.ForEach(_passages, chain.Add);

    /// <summary>Sends them by bulk copy, in the transaction under way.</summary>
    public void Copy(NpgsqlConnection connection, string table)
    {
        using var writer = connection.BeginTextImport($"COPY {table} ({Columns}) FROM STDIN");
        var line = new StringBuilder();
        for (var i = 0; i < _passages.Length; i++)
        {
            line.Clear().Append(CultureInfo.InvariantCulture, $"{First + i}");
            AppendField(line, _passages[i].Id);
            AppendField(line, _passages[i].Text);
            AppendField(line, TermColumns.Vector(_terms[i]));
            if (_bm25)
                AppendField(line, TermColumns.Words(_terms[i]));
            if (_vectors is not null)
                AppendField(line, VectorText.Of(_vectors[i]));
            writer.Write(line.Append('\n'));
        }
    }

    /// <summary>Sends them as arrays in one statement, for a server that does not copy from a client.</summary>
    public void Insert(NpgsqlConnection connection, string table)
    {
        var (words, vectors) = (_bm25 ? ", words" : "", _vectors is null ? "" : ", vector::vector");
        using var command = new NpgsqlCommand(
            $"INSERT INTO {table} ({Columns}) SELECT ordinal, id, text, terms::tsvector{words}{vectors} FROM "
                + "unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) "
                + "AS passage(ordinal, id, text, terms, words, vector)",
            connection
        );
        command.Parameters.Add(new() { Value = Enumerable.Range(0, _passages.Length).Select(i => First + i).ToArray() });
        command.Parameters.Add(new() { Value = Array.ConvertAll(_passages, passage => passage.Id) });
        command.Parameters.Add(new() { Value = Array.ConvertAll(_passages, passage => passage.Text) });
        command.Parameters.Add(new() { Value = Array.ConvertAll(_terms, TermColumns.Vector) });
        command.Parameters.Add(new() { Value = _bm25 ? Array.ConvertAll(_terms, TermColumns.Words) : [] });
        command.Parameters.Add(new() { Value = Array.ConvertAll(_vectors ?? [], VectorText.Of) });
        command.ExecuteNonQuery();
    }

    private string Columns => $"ordinal, id, text, terms{(_bm25 ? ", words" : "")}{(_vectors is null ? "" : ", vector")}";

    private static void AppendField(StringBuilder line, string text) =>
        line.Append('\t')
            .Append(
                text.Replace("\\", "\\\\", StringComparison.Ordinal)
                    .Replace("\t", "\\t", StringComparison.Ordinal)
                    .Replace("\n", "\\n", StringComparison.Ordinal)
                    .Replace("\r", "\\r", StringComparison.Ordinal)
            );

    private static void Check(Passage passage)
    {
        try
        {
            Strict.GetByteCount(passage.Id);
            Strict.GetByteCount(passage.Text);
        }
        catch (EncoderFallbackException error)
        {
            throw new CrossEncoderException(
                $"Passage '{Excerpt.Of(passage.Id, 80)}' holds half a character (a lone surrogate), which UTF-8 cannot say. "
                    + "Repair the text where it was cut.",
                error
            );
        }

        if (passage.Id.Contains('\0') || passage.Text.Contains('\0'))
            throw new CrossEncoderException(
                $"Passage '{Excerpt.Of(passage.Id, 80)}' holds U+0000, which PostgreSQL does not store. Take it out of the text."
            );
    }
}
