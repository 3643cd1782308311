using CrossEncoders.Elasticsearch;
using CrossEncoders.Lucene;
using CrossEncoders.Onnx;
using CrossEncoders.Postgres;
using PublicApiGenerator;

namespace CrossEncoders.Tests.Architecture;

/// <summary>What a library promises stands in one approved file: a change of it is a change of that file in the same commit.</summary>
public sealed class PublicApiTests
{
    private static readonly string Folder = Path.Combine(Shared.Repository, "tests", "CrossEncoders.Tests", "Architecture");

    [Theory]
    [InlineData("PublicApi", typeof(CrossEncoder))]
    [InlineData("PublicApi.Elasticsearch", typeof(ElasticIndex))]
    [InlineData("PublicApi.Lucene", typeof(LuceneIndex))]
    [InlineData("PublicApi.Onnx", typeof(OnnxCrossEncoder))]
    [InlineData("PublicApi.Onnx.Export", typeof(OnnxExport))]
    [InlineData("PublicApi.Postgres", typeof(PostgresIndex))]
    [InlineData("PublicApi.Text", typeof(TextPair))]
    public void ThePublicSurfaceIsTheApprovedOne(string name, Type type)
    {
        var (approved, received) = (Path.Combine(Folder, name + ".approved.txt"), Path.Combine(Folder, name + ".received.txt"));
        var found = type.Assembly.GeneratePublicApi(new() { IncludeAssemblyAttributes = false }).ReplaceLineEndings("\n").Trim() + "\n";
        var before = File.Exists(approved) ? File.ReadAllText(approved) : "";
        if (found == before)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, found);
        string[] old = before.Split('\n'),
            now = found.Split('\n');
        Assert.Fail(
            $"""
            The public surface has changed. Gone: {Some(old.Except(now))}
            New: {Some(now.Except(old))}
            If that is meant, move {received} over {approved} and commit it.
            """
        );
    }

    private static string Some(IEnumerable<string> lines) =>
        string.Join(" | ", lines.Select(line => line.Trim()).Where(line => line.Length > 1).Take(10));
}
