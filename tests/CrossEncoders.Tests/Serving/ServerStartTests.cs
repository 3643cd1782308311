using Microsoft.Extensions.Configuration;
using RerankServer;

namespace CrossEncoders.Tests.Serving;

/// <summary>What keeps a server from starting.</summary>
public sealed class ServerStartTests
{
    [Fact]
    public void AModelWithoutATrainedHeadIsNotServed()
    {
        var error = Assert.Throws<CrossEncoderException>(() => LoadedModel.Of(new() { Model = Shared.Path("golden/models/bert-bare") }));
        Assert.Contains("no trained head", error.Message);
    }

    [Theory]
    [InlineData("BatchPairs", "abc", "Rerank:BatchPairs")]
    [InlineData("BatchPairs", "-1", "Rerank:BatchPairs is -1; expected 0 or more.")]
    [InlineData("MaxBodyBytes", "0", "Rerank:MaxBodyBytes is 0; expected 1 or more.")]
    [InlineData("MaxDocuments", "99999999999", "Set it to a whole number.")]
    [InlineData("Modell", "folder", "no setting Rerank:Modell; there are Model, Precision")]
    public void ASettingThatMakesNoSenseIsNamed(string name, string value, string expected) =>
        Assert.Contains(expected, Assert.Throws<CrossEncoderException>(() => Settings(name, value)).Message);

    [Fact]
    public void SettingsAreReadFromTheSection()
    {
        Assert.Equal(new ServerSettings { MaxWaitingPairs = 7 }, Settings("maxWaitingPairs", "7"));
        Assert.Equal(new ServerSettings(), ServerSettings.Of(new ConfigurationBuilder().Build()));
    }

    private static ServerSettings Settings(string name, string value) =>
        ServerSettings.Of(new ConfigurationBuilder().AddInMemoryCollection([new($"Rerank:{name}", value)]).Build());
}
