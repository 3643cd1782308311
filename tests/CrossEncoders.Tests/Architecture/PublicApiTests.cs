using PublicApiGenerator;

namespace CrossEncoders.Tests.Architecture;

/// <summary>What the library promises stands in one approved file: a change of it is a change of that file in the same commit.</summary>
public sealed class PublicApiTests
{
    private static readonly string Folder = Path.Combine(Shared.Repository, "tests", "CrossEncoders.Tests", "Architecture");
    private static readonly string Approved = Path.Combine(Folder, "PublicApi.approved.txt");
    private static readonly string Received = Path.Combine(Folder, "PublicApi.received.txt");

    [Fact]
    public void ThePublicSurfaceIsTheApprovedOne()
    {
        var found =
            typeof(CrossEncoder).Assembly.GeneratePublicApi(new() { IncludeAssemblyAttributes = false }).ReplaceLineEndings("\n").Trim()
            + "\n";
        var before = File.Exists(Approved) ? File.ReadAllText(Approved) : "";
        if (found == before)
        {
            File.Delete(Received);
            return;
        }

        File.WriteAllText(Received, found);
        string[] old = before.Split('\n'),
            now = found.Split('\n');
        Assert.Fail(
            $"""
            The public surface has changed. Gone: {Some(old.Except(now))}
            New: {Some(now.Except(old))}
            If that is meant, move {Received} over {Approved} and commit it.
            """
        );
    }

    private static string Some(IEnumerable<string> lines) =>
        string.Join(" | ", lines.Select(line => line.Trim()).Where(line => line.Length > 1).Take(10));
}
