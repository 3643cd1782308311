using CrossEncoders.LanguageModels;
using Microsoft.Extensions.AI;

namespace CrossEncoders.Tests.LanguageModels;

public sealed class LanguageModelSettingsTests
{
    private static IChatClient? From(string? address, string? key, string? model) =>
        LanguageModel.From(name =>
            name switch
            {
                "OPENAI_BASE_URL" => address,
                "OPENAI_API_KEY" => key,
                "OPENAI_MODEL" => model,
                _ => null,
            }
        );

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("", "", "")]
    [InlineData(" ", "\t", "\n")]
    [InlineData(null, "key", null)]
    [InlineData(" ", "key", " ")]
    public void WhereNoModelIsNamedThereIsNone(string? address, string? key, string? model) => Assert.Null(From(address, key, model));

    [Theory]
    [InlineData("http://localhost:8080/v1", null, null, "OPENAI_MODEL and OPENAI_API_KEY are not set")]
    [InlineData("http://localhost:8080/v1", "key", null, "OPENAI_MODEL is not set")]
    [InlineData("http://localhost:8080/v1", null, "m", "OPENAI_API_KEY is not set")]
    [InlineData(null, " ", "m", "OPENAI_API_KEY is not set")]
    public void WhatIsMissingIsNamed(string? address, string? key, string? model, string expected) =>
        Assert.Contains(expected, Assert.Throws<CrossEncoderException>(() => From(address, key, model)).Message);

    [Theory]
    [InlineData("localhost:8080/v1")]
    [InlineData("ftp://host/v1")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/v1")]
    [InlineData("http://")]
    [InlineData("a server")]
    public void AnAddressThatCannotBeUsedIsShown(string address)
    {
        var error = Assert.Throws<CrossEncoderException>(() => From(address, "key", "m"));
        Assert.EndsWith($"found '{address}'.", error.Message);
        Assert.Contains("http://localhost:8080/v1", error.Message); // what it is to look like
    }

    [Theory]
    [InlineData("http://localhost:8080/v1", "http://localhost:8080/v1")]
    [InlineData("HTTPS://host/v1", "https://host/v1")]
    [InlineData("  http://[::1]:9/v1\n", "http://[::1]:9/v1")]
    [InlineData(null, "https://api.openai.com/v1")]
    public void BlanksAroundASettingDoNoHarm(string? address, string expected)
    {
        using var client = From(address, " key ", " m ")!;
        var about = client.GetService<ChatClientMetadata>()!;
        Assert.Equal((new Uri(expected), "m"), (about.ProviderUri, about.DefaultModelId));
        Assert.Equal("m", ModelCalls.NameOf(client));
    }

#if !LOCAL_LLM
    [Fact]
    public void ALocalModelGoesBeforeAServer() =>
        Assert.Contains(
            "'m.gguf'",
            Assert.Throws<CrossEncoderException>(() => LanguageModel.From(name => name == "LOCAL_MODEL" ? " m.gguf " : "x")).Message
        );
#endif

    [Fact]
    public void NothingElseOfTheEnvironmentIsRead()
    {
        var asked = new HashSet<string>();
        Assert.Null(
            LanguageModel.From(name =>
            {
                asked.Add(name);
                return null;
            })
        );
        Assert.Equal(["LOCAL_MODEL", "OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL"], asked.Order());
    }
}
