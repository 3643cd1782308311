using System.Text.Json.Nodes;
using CrossEncoders.Files;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests;

/// <summary>Late-interaction models of three layouts, against plain arithmetic over the encoder's own states.</summary>
public sealed class MultiVectorEncoderTests : IDisposable
{
    private const string Settings = "sentence_bert_config.json";
    private const string ModelFile = "config_sentence_transformers.json";

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void AQueryIsLengthenedByMasksThatNoTokenAttendsTo()
    {
        using var model = MultiVectorFolders.Load(MultiVectorFolders.Native(_scratch["model"]));
        var ids = MultiVectorFolders.Ids("[CLS] for what is [SEP] [MASK] [MASK] [MASK]");
        Same(MultiVectorFolders.Expected(ids, unattended: 3), model.EmbedQueries(["what is"])[0]);
        Assert.Equal(5, model.Width);

        // whatever it is computed with, and where it is too long it is cut
        var together = model.EmbedQueries(["what is", "what", "the the the the the the the the"]);
        Same(MultiVectorFolders.Expected(ids, unattended: 3), together[0]);
        Same(MultiVectorFolders.Expected(MultiVectorFolders.Ids("[CLS] for the the the the the [SEP]")), together[2]);
    }

    [Fact]
    public void MasksAreAttendedToWhereTheFolderSaysSo()
    {
        var folder = MultiVectorFolders.Native(_scratch["model"]);
        ModelFolder.Edit(folder, Settings, json => json["query_expansion"]!["attend"] = true);
        using var model = MultiVectorFolders.Load(folder);
        var ids = MultiVectorFolders.Ids("[CLS] for what is [SEP] [MASK] [MASK] [MASK]");
        Same(MultiVectorFolders.Expected(ids), model.EmbedQueries(["what is"])[0]);
        Assert.NotEqual(MultiVectorFolders.Expected(ids)[0], MultiVectorFolders.Expected(ids, unattended: 3)[0]); // so that it matters
    }

    [Fact]
    public void ALengthThatIsALeastOneCutsNothing()
    {
        var folder = MultiVectorFolders.Native(_scratch["model"]);
        ModelFolder.Edit(folder, Settings, json => json["query_expansion"]!["strategy"] = "min");
        using var model = MultiVectorFolders.Load(folder);
        var both = model.EmbedQueries(["the the the the the the the the", "what"]);
        Same(MultiVectorFolders.Expected(MultiVectorFolders.Ids("[CLS] for the the the the the the the the [SEP]")), both[0]);
        Same(
            MultiVectorFolders.Expected(MultiVectorFolders.Ids("[CLS] for what [SEP] [MASK] [MASK] [MASK] [MASK]"), unattended: 4),
            both[1]
        );

        ModelFolder.Edit(folder, Settings, json => json["query_length"] = 9);
        using var cut = MultiVectorFolders.Load(folder);
        Assert.Equal(9, cut.EmbedQueries(["the the the the the the the the"])[0].Length);
    }

    [Fact]
    public void MarksOfTheSkipListAreReadInPassagesAndDoNotCount()
    {
        using var model = MultiVectorFolders.Load(MultiVectorFolders.Native(_scratch["model"]));
        var all = MultiVectorFolders.Expected(MultiVectorFolders.Ids("[CLS] as the word . is ! ? [SEP]"));
        Same([all[0], all[1], all[2], all[3], all[5], all[7], all[8]], model.EmbedPassages(["the word. is!?"])[0]);
        Assert.Equal(9, model.MaxPassageTokens);
        Same(
            MultiVectorFolders.Expected(MultiVectorFolders.Ids("[CLS] as the the the the the the [SEP]")),
            model.EmbedPassages(["the the the the the the the the the the"])[0]
        );
    }

    [Fact]
    public void OnlyTheTokensThatAreToCountDo()
    {
        var folder = MultiVectorFolders.Native(_scratch["model"]);
        var (the, word) = (MultiVectorFolders.Ids("the")[0], MultiVectorFolders.Ids("word")[0]);
        MultiVectorFolders.Write(
            folder,
            "2_MultiVectorMask/config.json",
            $$"""{"skiplist_words": ["word", "no such word"], "skiplist_tasks": "query", "keep_only_token_ids": [{{the}}, {{word}}]}"""
        );
        using var model = MultiVectorFolders.Load(folder);
        var passage = MultiVectorFolders.Expected(MultiVectorFolders.Ids("[CLS] as the word is [SEP]"));
        Same([passage[2], passage[3]], model.EmbedPassages(["the word is"])[0]);
        Assert.Equal(7, model.EmbedQueries(["the word is"])[0].Length); // eight, less the word
        Assert.Empty(model.EmbedPassages(["is"])[0]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WithoutAMaskModuleTheMasksCountOnlyIfTheyAreAttendedTo(bool attend)
    {
        var folder = MultiVectorFolders.Native(_scratch["model"]);
        var modules = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "modules.json")))!.AsArray();
        modules.RemoveAt(2);
        MultiVectorFolders.Write(folder, "modules.json", modules.ToJsonString());
        ModelFolder.Edit(folder, Settings, json => json["query_expansion"]!["attend"] = attend);
        using var model = MultiVectorFolders.Load(folder);
        var ids = MultiVectorFolders.Ids("[CLS] for what is [SEP] [MASK] [MASK] [MASK]");
        var expected = attend ? MultiVectorFolders.Expected(ids) : MultiVectorFolders.Expected(ids, unattended: 3)[..5];
        Same(expected, model.EmbedQueries(["what is"])[0]);
    }

    [Fact]
    public void PyLatesMarksAreTokensAndWhatItDoesNotListIsAdded()
    {
        var folder = MultiVectorFolders.PyLate(_scratch["model"]);
        using (var model = MultiVectorFolders.Load(folder))
        {
            int[] query = [.. MultiVectorFolders.Ids("[CLS]"), 2490, .. MultiVectorFolders.Ids("what is [SEP] [MASK] [MASK]")];
            Same(MultiVectorFolders.Expected(query), model.EmbedQueries(["What is"])[0]);
            int[] passage = [.. MultiVectorFolders.Ids("[CLS]"), 2491, .. MultiVectorFolders.Ids("the word . [SEP]")];
            var all = MultiVectorFolders.Expected(passage);
            Same([.. all[..4], all[5]], model.EmbedPassages(["the word."])[0]);
            Assert.Equal(10, model.MaxPassageTokens); // and not max_seq_length, in which PyLate leaves one less
        }

        ModelFolder.Edit(folder, ModelFile, json =>
            (json["do_query_expansion"], json["skiplist_words"], json["query_prefix"]) = (false, new JsonArray("word"), "")
        );
        using var plain = MultiVectorFolders.Load(folder);
        Same(MultiVectorFolders.Expected(MultiVectorFolders.Ids("[CLS] what is [SEP]")), plain.EmbedQueries(["what is"])[0]);
        Assert.Equal(5, plain.EmbedPassages(["the word."])[0].Length);
    }

    [Fact]
    public void ColBertsProjectionIsAmongTheWeights()
    {
        var folder = MultiVectorFolders.ColBert(_scratch["model"]);
        using (var model = MultiVectorFolders.Load(folder))
        {
            int[] query = [.. MultiVectorFolders.Ids("[CLS]"), 2490, .. MultiVectorFolders.Ids("what is [SEP] [MASK] [MASK]")];
            Same(MultiVectorFolders.Expected(query, unattended: 2), model.EmbedQueries(["what is"])[0]);
            int[] passage = [.. MultiVectorFolders.Ids("[CLS]"), 2491, .. MultiVectorFolders.Ids("the word . [SEP]")];
            var all = MultiVectorFolders.Expected(passage);
            Same([.. all[..4], all[5]], model.EmbedPassages(["the word."])[0]);
        }

        ModelFolder.Edit(folder, "artifact.metadata", json => json["mask_punctuation"] = false);
        using (var model = MultiVectorFolders.Load(folder))
            Assert.Equal(6, model.EmbedPassages(["the word."])[0].Length);
        File.Delete(Path.Combine(folder, "artifact.metadata"));
        using (var model = MultiVectorFolders.Load(folder))
            Assert.Equal(32, model.EmbedQueries(["what is"])[0].Length);
    }

    [Fact]
    public void PositionsOfXlmRobertaCountOverTheMasks()
    {
        var folder = MultiVectorFolders.Native(_scratch["model"], "xlm-roberta-bare");
        using var model = MultiVectorFolders.Load(folder);
        var query = model.EmbedQueries(["dome"])[0];
        Assert.NotEqual(query[^1], query[^2]); // equal but for their positions
    }

    [Theory]
    [InlineData("maxsim", 1)]
    [InlineData("meanmaxsim", 8)]
    public void ScoresAreMaxSim(string similarity, int divisor)
    {
        var folder = MultiVectorFolders.Native(_scratch["model"]);
        ModelFolder.Edit(folder, ModelFile, json => json["similarity_fn_name"] = similarity);
        using var model = MultiVectorFolders.Load(folder);
        using var late = new LateInteraction(model);
        var (query, passage) = (model.EmbedQueries(["what is"])[0], model.EmbedPassages(["the word. is!?"])[0]);
        double sum = 0;
        for (var q = 0; q < 8; q++)
            sum += Enumerable.Range(0, 7).Max(p => query[q].Zip(passage[p]).Sum(pair => (double)pair.First * pair.Second));
        Assert.Equal(sum / divisor, late.Score([new("what is", "the word. is!?")])[0], 5e-3);

        using var own = new LateInteraction(model, new() { Score = MaxSim.MeanOfOwnTokens });
        sum = 0;
        foreach (var q in new[] { 2, 3 }) // what, is; the, word, is, ? of seven
            sum += Enumerable.Range(2, 4).Max(p => query[q].Zip(passage[p]).Sum(pair => (double)pair.First * pair.Second));
        Assert.Equal(sum / 2, own.Score([new("what is", "the word. is!?")])[0], 2e-3);
    }

    [Fact]
    public void OptionsGoBeforeTheFolder()
    {
        var folder = MultiVectorFolders.Native(_scratch["model"]);
        using var model = MultiVectorFolders.Load(
            folder,
            new()
            {
                QueryPrefix = "",
                PassagePrefix = "the ",
                Name = "tiny",
            }
        );
        var ids = MultiVectorFolders.Ids("[CLS] what is [SEP] [MASK] [MASK] [MASK] [MASK]");
        Same(MultiVectorFolders.Expected(ids, unattended: 4), model.EmbedQueries(["what is"])[0]);
        Same(MultiVectorFolders.Expected(MultiVectorFolders.Ids("[CLS] the word [SEP]")), model.EmbedPassages(["word"])[0]);
        Assert.Equal("tiny", model.Name);
        var cut = ((ITokenEmbedder)model).EmbedTokens(["what is"], queries: true, 6).Single().States;
        Assert.Equal((6, 1, 2), (cut.Count, cut.OwnStart, cut.OwnCount));
    }

    [Fact]
    public void StatesOfAFileAreTakenForThisModelAlone()
    {
        var folder = MultiVectorFolders.Native(_scratch["model"]);
        Passage[] passages = [new("1", "the word"), new("2", "what is")];
        using var model = MultiVectorFolders.Load(folder);
        float first;
        using (var late = new LateInteraction(passages, model, _scratch["states"]))
            first = late.Score([new("what", "the word")])[0];
        using (var late = new LateInteraction(passages, model, _scratch["states"]))
            Assert.Equal(first, late.Score([new("what", "the word")])[0]);
        using var other = MultiVectorFolders.Load(folder, new() { PassagePrefix = "" });
        Assert.Contains(
            "settings",
            Assert.Throws<CrossEncoderException>(() => new LateInteraction(passages, other, _scratch["states"])).Message
        );
    }

    [Fact]
    public void TheHubIsAskedForAllThatItNeeds()
    {
        string[] all =
        [
            "config.json",
            "tokenizer.json",
            "modules.json",
            "artifact.metadata",
            "1_Dense/config.json",
            "1_Dense/model.safetensors",
            "2_MultiVectorMask/config.json",
            "model.safetensors",
        ];
        var (files, missing) = ModelFiles.Select([.. all, "README.md", "linear.txt"], null);
        Assert.Null(missing);
        Assert.Equal(all.Order(StringComparer.Ordinal), files.Order(StringComparer.Ordinal));
        Assert.True(ModelFiles.IsPart("artifact.metadata"));
        Assert.True(ModelFiles.IsPartFolder("2_MultiVectorMask"));
    }

    private static void Same(float[][] expected, float[][] found)
    {
        Assert.Equal(expected.Length, found.Length);
        for (var row = 0; row < expected.Length; row++)
            Assert.Equal(expected[row], found[row], (a, b) => MathF.Abs(a - b) < 1e-5f);
    }
}
