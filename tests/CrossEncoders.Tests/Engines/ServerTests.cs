using System.Runtime.CompilerServices;
using Xunit.Sdk;
using Xunit.v3;

namespace CrossEncoders.Tests.Engines;

/// <summary>A test that is there only where the variables that it names hold the address of a server.</summary>
[XunitTestCaseDiscoverer(typeof(ServerFactDiscoverer))]
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ServerFactAttribute(
    string variable,
    [CallerFilePath] string? sourceFilePath = null,
    [CallerLineNumber] int sourceLineNumber = -1
) : FactAttribute(sourceFilePath, sourceLineNumber)
{
    public string Variable => variable;
}

/// <summary>The same with rows; without a variable of its own, the first value of each row names one.</summary>
[XunitTestCaseDiscoverer(typeof(ServerTheoryDiscoverer))]
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ServerTheoryAttribute(
    string? variable = null,
    [CallerFilePath] string? sourceFilePath = null,
    [CallerLineNumber] int sourceLineNumber = -1
) : TheoryAttribute(sourceFilePath, sourceLineNumber)
{
    public string? Variable => variable;
}

internal sealed class ServerFactDiscoverer : FactDiscoverer
{
    public override ValueTask<IReadOnlyCollection<IXunitTestCase>> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions,
        IXunitTestMethod testMethod,
        IFactAttribute factAttribute
    ) =>
        PostgresServer.IsNamed(((ServerFactAttribute)factAttribute).Variable)
            ? base.Discover(discoveryOptions, testMethod, factAttribute)
            : new([]);
}

internal sealed class ServerTheoryDiscoverer : TheoryDiscoverer
{
    public override async ValueTask<IReadOnlyCollection<IXunitTestCase>> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions,
        IXunitTestMethod testMethod,
        IFactAttribute factAttribute
    )
    {
        var all = await base.Discover(discoveryOptions, testMethod, factAttribute);
        var variable = ((ServerTheoryAttribute)factAttribute).Variable;
        return [.. all.Where(test => PostgresServer.IsNamed(variable ?? (string)((XunitTestCase)test).TestMethodArguments[0]!))];
    }
}

/// <summary>The one test that is skipped where a server is not: it says how to start it.</summary>
public sealed class ServerTests
{
    [Fact]
    public void ServersAreNamed()
    {
        var missing = new[] { (PostgresServer.Plain, "postgres.sh start"), (PostgresServer.Extended, "pglite.sh") }
            .Where(server => !PostgresServer.IsNamed(server.Item1))
            .Select(server => $"export {server.Item1}=\"$(bash tests/servers/{server.Item2} FOLDER)\"")
            .ToList();
        Assert.SkipUnless(missing.Count == 0, $"tests of engines need a server: {string.Join("; ", missing)}");
    }
}
