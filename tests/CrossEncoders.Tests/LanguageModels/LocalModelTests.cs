using CrossEncoders.LanguageModels;
using Microsoft.Extensions.AI;

namespace CrossEncoders.Tests.LanguageModels;

/// <summary>A real language model in this process; only in a build with <c>-p:Llm=local</c>.</summary>
public sealed class LocalModelTests
{
    private static string ModelPath => Shared.Path("models/SmolLM2-135M-Instruct/SmolLM2-135M-Instruct.Q4_1.gguf");

    [Fact]
    public async Task OneSettingChoosesIt()
    {
        var path = ModelPath;
        using var model = LanguageModel.From(name => name == "LOCAL_MODEL" ? path : null)!;
        ChatMessage[] messages = [new(ChatRole.User, "What is the capital of France?")];
        var options = new ChatOptions { Seed = 1, MaxOutputTokens = 16 };
        var answer = await model.GetResponseAsync(messages, options);
        Assert.Contains("Paris", answer.Text);
        Assert.Equal("SmolLM2-135M-Instruct.Q4_1", answer.ModelId);
        Assert.InRange(answer.Usage!.OutputTokenCount!.Value, 1, 16);
        Assert.Equal(answer.Text, (await model.GetResponseAsync(messages, options)).Text);
    }

    [Fact]
    public async Task WhatDoesNotFitIsSaid()
    {
        using var model = LocalModel.Open(ModelPath, contextTokens: 256);
        var error = await Assert.ThrowsAsync<CrossEncoderException>(() =>
            model.GetResponseAsync(string.Concat(Enumerable.Repeat("word ", 300)))
        );
        Assert.Contains("context of 256", error.Message);
        using var folder = new ScratchFolder();
        var file = Path.Combine(folder.Path, "no.gguf");
        Assert.Contains("no.gguf", Assert.Throws<CrossEncoderException>(() => LocalModel.Open(file)).Message);
        await File.WriteAllTextAsync(file, "GGUF? No.");
        Assert.Contains("GGUF file", Assert.Throws<CrossEncoderException>(() => LocalModel.Open(file)).Message);
    }
}
