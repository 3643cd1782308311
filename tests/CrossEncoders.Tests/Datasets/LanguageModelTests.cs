using CrossEncoders.Datasets;

namespace CrossEncoders.Tests.Datasets;

public sealed class LanguageModelTests
{
    private static Func<string, string?> Variables(string? address, string? key, string? model) => name => name switch
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
    public void HalfASettingIsAnError()
    {
        var error = Assert.Throws<CrossEncoderException>(() => LanguageModel.From(Variables("http://localhost:1/v1", null, null)));
        Assert.Contains("OPENAI_API_KEY and OPENAI_MODEL are not set", error.Message);
        Assert.Contains("ftp://x", Assert.Throws<CrossEncoderException>(() => LanguageModel.From(Variables("ftp://x", "k", "m"))).Message);
    }
}
