using CrossEncoders.Attribution;
using CrossEncoders.Modeling;
using CrossEncoders.Tests.Training;
using static TorchSharp.torch;

namespace CrossEncoders.Tests.Attribution;

/// <summary>The shares of words in a score: exact where they can be known, and faithful on the model that is shipped.</summary>
public sealed class AttributionTests
{
    private static readonly TextPair Pair = new("when was it?", "the unbelievable bridge opened in 1932");

    [Fact]
    public void OcclusionOfASumIsEachWordsOwnPart()
    {
        using var model = TinyModel.Load("bert");
        var words = model.Words(Pair);
        float Value(int id) => id % 7 - 2.5f;
        var (logit, weights) = ScoreExplanations.Occlude(words, texts => [.. texts.Select(text => text.Ids.Sum(Value))]);
        Assert.Equal(words.Whole.Ids.Sum(Value), logit);
        var tokens = words.Whole.Ids.Select(Value).ToArray();
        Assert.Equal(ScoreExplanations.OfTokens(words, tokens), weights, (a, b) => Math.Abs(a - b) < 1e-4);
        Assert.Equal(words.Query.Count + words.Passage.Count, weights.Length);
    }

    [Theory]
    [InlineData("bert")]
    [InlineData("roberta")]
    [InlineData("xlm-roberta")]
    [InlineData("distilbert")]
    [InlineData("electra")]
    [InlineData("modernbert")]
    [InlineData("deberta-v2")]
    public void GradientTimesInputIsTheSlopeWhereAnEmbeddingShrinks(string architecture)
    {
        using var model = TinyModel.Load(architecture);
        var words = model.Words(Pair);
        var products = model.GradientTimesInput(words.Whole);
        Assert.Equal(words.Whole.Ids.Length, products.Length);
        for (var token = 0; token < products.Length; token++)
        {
            const float step = 0.02f;
            var slope = (Logit(model, words, token, 1 + step) - Logit(model, words, token, 1 - step)) / (2 * step);
            Assert.Equal(slope, products[token], 2e-3 + Math.Abs(slope) * 0.02);
        }

        Assert.Contains(products, product => Math.Abs(product) > 0.01);
    }

    [Theory]
    [InlineData(AttributionMethod.Occlusion)]
    [InlineData(AttributionMethod.GradientTimesInput)]
    public void AnExplanationHasEveryWordAtItsPlaceAndTheModelsLogit(AttributionMethod method)
    {
        using var model = TinyModel.Load();
        var why = model.Explain(Pair.Query, Pair.Passage, method);
        Assert.Equal(model.Score([Pair])[0], why.Logit, 1e-5);
        Assert.Equal(["when", "was", "it", "?"], why.QueryWords.Select(word => word.Text));
        Assert.All(why.PassageWords, word => Assert.Equal(word.Text, Pair.Passage.Substring(word.Start, word.Text.Length)));
        Assert.Equal(6, why.PassageWords.Count);
        Assert.Equal(why.PassageWords, model.Explain(Pair.Query, Pair.Passage, method).PassageWords);
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void WithoutTheWordsThatWeighMostTheScoreFallsFasterThanByChance()
    {
        using var model = ModelFolder.Load(ModelFolder.Shipped("cross-encoder-small-enzh"));
        var curve = DeletionCurve.Measure(model, Answered);
        Assert.True(curve.Advantage.Lower > 0, $"{curve.Advantage}");
        Assert.All(curve.Steps, step => Assert.True(step.Top > step.Random, $"{step}"));
        Assert.Equal(curve.Advantage, DeletionCurve.Measure(model, Answered).Advantage);
    }

    [Fact]
    public void WithoutAnyWordItMakesNoDifferenceWhichWentFirst()
    {
        using var model = TinyModel.Load();
        var curve = DeletionCurve.Measure(model, [Pair], shares: [0.5, 1]);
        Assert.Equal(curve.Steps[1].Top, curve.Steps[1].Random, 1e-6);
        Assert.NotEqual(curve.Steps[0].Top, curve.Steps[0].Random, 1e-9);
    }

    [Fact]
    public void WhatCannotBeExplainedIsNamed()
    {
        using var model = TinyModel.Load();
        var error = Assert.Throws<CrossEncoderException>(() => model.Explain("q", string.Concat(Enumerable.Repeat("long ", 80))));
        Assert.Contains("the model reads 64", error.Message);
        Assert.Throws<CrossEncoderException>(() => model.Explain(null!, "p"));
        Assert.Throws<CrossEncoderException>(() => model.Explain("q", "p", (AttributionMethod)9));
        Assert.Throws<CrossEncoderException>(() => DeletionCurve.Measure(model, []));
        foreach (var share in (double[])[0, 1.1, double.NaN])
            Assert.Throws<CrossEncoderException>(() => DeletionCurve.Measure(model, [Pair], shares: [share]));
        using var several = TinyModel.Load("bert-3-labels");
        Assert.Contains("3", Assert.Throws<CrossEncoderException>(() => several.Explain("q", "p")).Message);
    }

    private static float Logit(CrossEncoder model, PairWords words, int token, float scale)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        var (ids, types, _) = BatchTensors.Pad([words.Whole], model.Tokenizer.PaddingId, model.Device.Device);
        return model
            .Model.ForwardChanged(ids, types, embedded =>
            {
                var factors = ones(1, embedded.size(1), 1);
                factors[0, token] = scale;
                return embedded * factors;
            })
            .item<float>();
    }

    private static readonly TextPair[] Answered =
    [
        new("When was the bridge opened?", "The bridge was opened to cars in May 1932, eight years after work had begun."),
        new(
            "What time do we get supper?",
            "Supper is served at six in the lower hall; whoever comes late eats what is left in the kitchen."
        ),
        new("Who may drive the snow plough?", "The snow plough is driven only by members of the road crew who hold a winter licence."),
        new(
            "How long does the battery last?",
            "Without mains the battery keeps the lights on for about three hours, and the radio a little longer."
        ),
        new("Where are the spare keys?", "Spare keys hang in the steel box beside the porter's desk, and each of them has a red tag."),
        new("这座桥是什么时候建成的？", "这座桥于1932年5月建成通车，历时八年，当时是全省最长的一座。"),
        new("停电以后灯能亮多久？", "市电中断以后，蓄电池可以让照明维持大约三个小时，电台还能再用一会儿。"),
        new("谁可以开除雪车？", "除雪车只能由持有冬季驾驶证的道路班成员驾驶，其他人一律不得操作。"),
    ];
}
