using NotebookRunner.Notebooks;

namespace NotebookRunner.Tests;

/// <summary>Keys and passwords do not reach what a run writes.</summary>
public sealed class SecretsTests
{
    private const string Key = "sk-1234567890abcdef";

    [Theory]
    [InlineData("OPENAI_API_KEY")]
    [InlineData("HF_TOKEN")]
    [InlineData("my_password")]
    [InlineData("ClientSecret")]
    [InlineData("apiKey")]
    public void AValueOfASecretNameIsHidden(string name) =>
        Assert.Equal("Bearer ••• was refused", Hide((name, Key), $"Bearer {Key} was refused"));

    [Theory]
    [InlineData("PWD")]
    [InlineData("TOKENIZERS_PARALLELISM")]
    [InlineData("KEYBOARD")]
    [InlineData("documents")]
    public void AValueOfAnotherNameStays(string name) => Assert.Equal(Key, Hide((name, Key), Key));

    [Fact]
    public void AShortValueIsAWordAndStays() => Assert.Equal("none", Hide(("API_KEY", "none"), "none"));

    [Fact]
    public void APasswordInAnAddressIsHiddenWhateverTheVariable()
    {
        var hidden = Hide(("HF_ENDPOINT", "https://me:hunter2@hub.example"), "No answer from https://me:hunter2@hub.example/api");
        Assert.Equal("No answer from https://me:•••@hub.example/api", hidden);
    }

    [Fact]
    public void ALongPasswordIsHiddenWhereverItStandsAlsoUnescaped()
    {
        var hidden = Hide(("HF_ENDPOINT", "https://me:correct%20horse@hub.example"), "login me, correct horse");
        Assert.Equal("login me, •••", hidden);
    }

    [Fact]
    public void AnAddressWithoutAPasswordStays() =>
        Assert.Equal("https://hub.example:8080/a@b", Hide(("HF_ENDPOINT", "https://hub.example:8080/a@b"), "https://hub.example:8080/a@b"));

    [Fact]
    public void EscapedFormsAreHidden()
    {
        const string Awkward = "a\"b<c>&d\\e";
        var secrets = Secrets.Among([KeyValuePair.Create("API_KEY", Awkward)]);
        Assert.Equal("•••", secrets.Hide(System.Net.WebUtility.HtmlEncode(Awkward)));
        Assert.Equal(
            "{\n \"a\": \"•••\"\n}\n",
            secrets.Hide(NotebookJson.Write(new System.Text.Json.Nodes.JsonObject { ["a"] = Awkward }))
        );
    }

    [Fact]
    public void ALongerSecretIsHiddenBeforeAShorterOneWithinIt()
    {
        var secrets = Secrets.Among([KeyValuePair.Create("A_KEY", "12345678"), KeyValuePair.Create("B_KEY", "0012345678")]);
        Assert.Equal("••• •••", secrets.Hide("0012345678 12345678"));
    }

    [Fact]
    public void AParameterIsNoLessSecretThanTheEnvironment() =>
        Assert.Equal("key = •••", Secrets.Of(new Dictionary<string, string> { ["apiKey"] = Key }).Hide($"key = {Key}"));

    private static string Hide((string Name, string Value) variable, string text) =>
        Secrets.Among([KeyValuePair.Create(variable.Name, variable.Value)]).Hide(text);
}
