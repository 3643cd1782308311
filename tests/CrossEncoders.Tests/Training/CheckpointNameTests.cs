using CrossEncoders.Training;

namespace CrossEncoders.Tests.Training;

/// <summary>What a training may take for its own, by name and by content.</summary>
public sealed class CheckpointNameTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(120)]
    [InlineData(int.MaxValue)]
    public void WhatATrainingNamesItKnowsAgain(int step)
    {
        Assert.Equal(step, CheckpointNames.StepOf(CheckpointNames.Checkpoint(step)));
        Assert.Null(CheckpointNames.StepOf(CheckpointNames.Best(step)));
        foreach (var name in (string[])[CheckpointNames.Checkpoint(step), CheckpointNames.Best(step)])
        {
            Assert.True(CheckpointNames.IsOne(name, step));
            Assert.False(CheckpointNames.IsOne(name, step - 1));
        }
    }

    [Theory]
    [InlineData("checkpoint-")]
    [InlineData("checkpoint-007")]
    [InlineData("checkpoint--1")]
    [InlineData("checkpoint-+1")]
    [InlineData("checkpoint-1 ")]
    [InlineData("checkpoint-1.5")]
    [InlineData("checkpoint-1,000")]
    [InlineData("checkpoint-２")] // a digit, but not one of ours
    [InlineData("checkpoint-2147483648")]
    [InlineData("Checkpoint-1")]
    [InlineData("my checkpoint-1")]
    [InlineData("checkpoint-1.bak")]
    [InlineData("best-.safetensors")]
    [InlineData("best.safetensors")]
    [InlineData("best-01.safetensors")]
    [InlineData("best-1.safetensors.tmp")]
    [InlineData("best-1")]
    [InlineData("model.safetensors")]
    [InlineData("")]
    public void WhatOnlyLooksAlikeIsLeftAlone(string name) => Assert.False(CheckpointNames.IsOne(name));

    [Fact]
    public void OnlyStateAndTensorsBelongInACheckpoint()
    {
        using var scratch = new ScratchFolder();
        Assert.Empty(CheckpointNames.Strangers(scratch["absent"]));
        scratch.With(CheckpointNames.State, "").With(CheckpointNames.Tensors, "");
        Assert.Empty(CheckpointNames.Strangers(scratch.Path));
        scratch.With("notes.txt", "");
        Directory.CreateDirectory(scratch["folder"]);
        Assert.Equal(["folder", "notes.txt"], CheckpointNames.Strangers(scratch.Path).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("best-3.safetensors", "parameters", true)]
    [InlineData("best-3.safetensors", "weight", false)] // a model of the user's
    [InlineData("model.safetensors", "parameters", false)]
    public void TheBestParametersAreKnownByTheirContentToo(string name, string tensor, bool isOne)
    {
        using var scratch = new ScratchFolder();
        var header = "{\"" + tensor + "\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}";
        byte[] bytes = [.. BitConverter.GetBytes((ulong)header.Length), .. System.Text.Encoding.ASCII.GetBytes(header), 0, 0, 0, 0];
        File.WriteAllBytes(scratch[name], bytes);
        Assert.Equal(isOne, CheckpointNames.IsBest(scratch[name]));
        File.WriteAllBytes(scratch[name], bytes[..^1]); // cut off
        Assert.False(CheckpointNames.IsBest(scratch[name]));
        Assert.False(CheckpointNames.IsBest(scratch["best-9.safetensors"])); // not there
    }
}
