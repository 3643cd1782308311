using CrossEncoders.Hub;

namespace CrossEncoders.Tests.Hub;

public sealed class HubOptionsTests
{
    private static readonly string Home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    [Theory]
    [InlineData("XDG_CACHE_HOME=/x", "/x/huggingface/hub")]
    [InlineData("HF_HOME=/h XDG_CACHE_HOME=/x", "/h/hub")]
    [InlineData("HF_HUB_CACHE=/c HF_HOME=/h", "/c")]
    [InlineData("HF_HUB_CACHE=~/c", "~/c")]
    public void TheCacheFolderFollowsTheVariables(string variables, string expected) =>
        Assert.Equal(expected.Replace("~", Home), From(variables).CacheFolder.Replace('\\', '/'));

    [Theory]
    [InlineData("1", true)]
    [InlineData("true", true)]
    [InlineData("YES", true)]
    [InlineData("0", false)]
    [InlineData("", false)]
    public void OfflineFollowsItsVariable(string value, bool expected) =>
        Assert.Equal(expected, From($"HF_HOME=/h HF_HUB_OFFLINE={value}").Offline);

    [Fact]
    public void TheEndpointFollowsItsVariableAndMustBeAnAddress()
    {
        Assert.Equal("https://huggingface.co", From("HF_HOME=/h").Endpoint);
        Assert.Equal("https://mirror.example/hf", From("HF_HOME=/h HF_ENDPOINT=https://mirror.example/hf/").Endpoint);
        Assert.Contains("HF_ENDPOINT", Assert.Throws<CrossEncoderException>(() => From("HF_HOME=/h HF_ENDPOINT=mirror")).Message);
    }

    [Fact]
    public void TheTokenComesFromItsVariableOrTheFileThatALoginLeaves()
    {
        using var folder = new ScratchFolder();
        Assert.Null(From($"HF_HOME={folder.Path}").Token);
        File.WriteAllText(folder["token"], "from file\n");
        Assert.Equal("from file", From($"HF_HOME={folder.Path}").Token);
        Assert.Equal("from-variable", From($"HF_HOME={folder.Path} HF_TOKEN=from-variable").Token);
    }

    private static HubOptions From(string variables)
    {
        var values = variables.Split(' ').ToDictionary(each => each.Split('=')[0], each => each[(each.IndexOf('=') + 1)..]);
        return HubOptions.From(values.GetValueOrDefault);
    }
}
