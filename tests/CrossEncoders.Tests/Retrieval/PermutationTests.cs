using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Retrieval;

/// <summary>Orders are read out of whatever a language model says.</summary>
public sealed class PermutationTests
{
    [Theory]
    [InlineData("[2] > [1] > [3]", "2 1 3")]
    [InlineData("[2]>[1]>[3].", "2 1 3")]
    [InlineData("2 > 1 > 3", "2 1 3")]
    [InlineData("[2, 1, 3]", "2 1 3")]
    [InlineData("{\"ranking\": [2, 1, 3]}", "2 1 3")]
    [InlineData("The order is: passage 2, passage 1, passage 3.", "2 1 3")]
    [InlineData("1. [2]\n2. [1]\n3. [3]", "2 1 3")]
    [InlineData("1) Passage 2\n2) Passage 1\n3) Passage 3", "2 1 3")]
    [InlineData("[3] says 40 bar and [1] 12, so: [2] > [1] > [3]", "2 1 3")] // the order comes last
    [InlineData("<think>[3] > [2] > [1]?\nNo.</think>\n[2] > [1] > [3]", "2 1 3")]
    [InlineData("[3] > [1] > [2]\n\nOn second thoughts:\n[2] > [1] > [3]", "2 1 3")]
    [InlineData("【2】＞【1】＞【3】", "2 1 3")]
    [InlineData("[２] > [１] > [３]", "2 1 3")]
    [InlineData("排序：2、1、3", "2 1 3")]
    [InlineData("[2] > [2] > [1]", "2 1 3")] // one comes twice, one is missing
    [InlineData("[7] > [2] > [0] > [1]", "2 1 3")] // two are of no passage
    [InlineData("[3]", "3 1 2")]
    [InlineData("**[2]** (very good), then [1]", "2 1 3")]
    [InlineData("99999999999 > 2", "2 1 3")]
    public void AnOrderIsRead(string answer, string expected) =>
        Assert.Equal(expected, string.Join(' ', Permutation.Parse(answer, 3)!.Select(number => number + 1)));

    [Theory]
    [InlineData("")]
    [InlineData("I cannot do that.")]
    [InlineData("[9] > [10]")]
    [InlineData("<think>[1] > [2]</think>")]
    public void AnAnswerWithoutAPassageIsNone(string answer) => Assert.Null(Permutation.Parse(answer, 3));

    [Fact]
    public void WhateverIsAnsweredEveryPassageKeepsOnePlace()
    {
        var random = new Random(3);
        const string Signs = "0123456789[]<>.,:; \n>]抱歉th-ink";
        for (var round = 0; round < 2000; round++)
        {
            var answer = string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => Signs[random.Next(Signs.Length)]));
            var count = random.Next(1, 25);
            if (Permutation.Parse(answer, count) is { } order)
                Assert.Equal(Enumerable.Range(0, count), order.Order());
        }
    }
}
