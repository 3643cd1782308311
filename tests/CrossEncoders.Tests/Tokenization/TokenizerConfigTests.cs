using System.Text.Json.Nodes;
using CrossEncoders.Tokenization;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>The settings beside a tokenizer: where each is read, and how a length is written.</summary>
public sealed class TokenizerConfigTests
{
    [Theory]
    [InlineData("\"<s>\"", "<s>", null)]
    [InlineData("""{"content": "<s>", "lstrip": true}""", "<s>", true)]
    [InlineData("""{"content": "<s>", "lstrip": false}""", "<s>", false)]
    [InlineData("""{"content": "<s>"}""", "<s>", null)]
    [InlineData("{}", null, null)]
    [InlineData("null", null, null)]
    [InlineData("5", null, null)]
    public void ASpecialTokenIsTextOrAnObject(string value, string? text, bool? stripLeft)
    {
        var config = Read($$"""{"cls_token": {{value}}}""");
        Assert.Equal((text, stripLeft), (config.Text("cls_token"), config.StripLeft("cls_token")));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("null", null)]
    [InlineData("\"true\"", null)]
    [InlineData("1", null)]
    public void AFlagIsTrueOrFalseOrNotThere(string value, bool? expected) =>
        Assert.Equal(expected, Read($$"""{"do_lower_case": {{value}}}""").Flag("do_lower_case"));

    [Fact]
    public void TheMapOfSpecialTokensCountsWhereTheConfigurationIsSilent()
    {
        var config = Read("""{"cls_token": "<a>"}""", """{"cls_token": "<b>", "sep_token": {"content": "<c>", "lstrip": true}}""");
        Assert.Equal(("<a>", "<c>", null), (config.Text("cls_token"), config.Text("sep_token"), config.Text("pad_token")));
        Assert.True(config.StripLeft("sep_token"));
        Assert.Equal("<b>", Read(null, """{"cls_token": "<b>"}""").Text("cls_token"));
    }

    [Fact]
    public void WithoutFilesNothingIsSet()
    {
        var config = Read(null);
        Assert.Null(config.ModelMaxLength);
        Assert.Null(config.CutsFront);
        Assert.True(config.GivesTypes);
        Assert.False(config.IsGeneric);
    }

    [Theory]
    [InlineData("tokenizer_config.json", "[]", "Array")]
    [InlineData("special_tokens_map.json", "5", "Number")]
    public void AFileThatIsNoObjectIsNamed(string name, string json, string kind)
    {
        using var folder = new ScratchFolder().With(name, json);
        var message = Assert.Throws<CrossEncoderException>(() => new TokenizerConfig(new(folder.Path))).Message;
        Assert.StartsWith(name, message);
        Assert.Contains(kind, message);
        Assert.EndsWith("not an object", message);
    }

    [Theory]
    [InlineData(null, """{"model_max_length":64}""")]
    [InlineData("{}", """{"model_max_length":64}""")]
    [InlineData("""{"a": "é<s>", "model_max_length": 1e30, "b": 1}""", """{"a":"é<s>","model_max_length":64,"b":1}""")] // in its place
    public void ALengthIsWrittenAndTheRestIsKept(string? before, string expected)
    {
        using var folder = new ScratchFolder();
        if (before is not null)
            folder.With("tokenizer_config.json", before);
        TokenizerConfig.SetModelMaxLength(folder.Path, 64);
        var written = File.ReadAllText(folder["tokenizer_config.json"]);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(written)), written);
        Assert.Equal(
            JsonNode.Parse(expected)!.AsObject().Select(pair => pair.Key),
            JsonNode.Parse(written)!.AsObject().Select(pair => pair.Key)
        );
        Assert.Equal(before?.Contains("é<s>") ?? false, written.Contains("é<s>")); // readable, not as \u003C
        Assert.Equal(64, new TokenizerConfig(new(folder.Path)).ModelMaxLength);
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void AFileThatStatesTheLengthAlreadyIsLeftAlone()
    {
        const string Json = """{   "model_max_length":  64 }""";
        using var folder = new ScratchFolder().With("tokenizer_config.json", Json);
        TokenizerConfig.SetModelMaxLength(folder.Path, 64);
        Assert.Equal(Json, File.ReadAllText(folder["tokenizer_config.json"]));
    }

    private static TokenizerConfig Read(string? config, string? map = null)
    {
        using var folder = new ScratchFolder();
        if (config is not null)
            folder.With("tokenizer_config.json", config);
        if (map is not null)
            folder.With("special_tokens_map.json", map);
        return new TokenizerConfig(new(folder.Path));
    }
}
