using CrossEncoders.LanguageModels;
using Microsoft.Extensions.AI;

namespace CrossEncoders.Tests.LanguageModels;

public sealed class LanguageModelTests
{
    private static Func<string, string?> Variables(string? address, string? key, string? model) =>
        name =>
            name switch
            {
                "OPENAI_BASE_URL" => address,
                "OPENAI_API_KEY" => key,
                "OPENAI_MODEL" => model,
                _ => null,
            };

    [Fact]
    public void WithoutSettingsThereIsNoModel() => Assert.Null(LanguageModel.From(Variables(null, " ", null)));

#if !LOCAL_LLM
    [Fact]
    public void ALocalModelNeedsABuildOfItsOwn()
    {
        var error = Assert.Throws<CrossEncoderException>(() => LanguageModel.From(name => name == "LOCAL_MODEL" ? "tiny.gguf" : null));
        Assert.Contains("'tiny.gguf'", error.Message);
        Assert.Contains("-p:Llm=local", error.Message);
    }
#endif

    [Fact]
    public void AKeyAloneNamesNoModel() => Assert.Null(LanguageModel.From(Variables(null, "k", null)));

    [Fact]
    public void WithoutAnAddressItIsOpenAIs()
    {
        using var client = LanguageModel.From(Variables(null, "k", "m"))!;
        Assert.Equal(
            (new Uri("https://api.openai.com/v1"), "m"),
            client.GetService<ChatClientMetadata>() is { } about ? (about.ProviderUri, about.DefaultModelId) : default
        );
    }

    [Fact]
    public void HalfASettingIsAnError()
    {
        var error = Assert.Throws<CrossEncoderException>(() => LanguageModel.From(Variables("http://localhost:1/v1", null, null)));
        Assert.Contains("OPENAI_MODEL and OPENAI_API_KEY are not set", error.Message);
        Assert.Contains(
            "OPENAI_API_KEY is not set",
            Assert.Throws<CrossEncoderException>(() => LanguageModel.From(Variables(null, null, "m"))).Message
        );
        Assert.Contains("ftp://x", Assert.Throws<CrossEncoderException>(() => LanguageModel.From(Variables("ftp://x", "k", "m"))).Message);
    }
}
