using System.Text.Json.Nodes;
using CrossEncoders.Tokenization;
using static CrossEncoders.Tests.Tokenization.SmallTokenizers;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>Where special tokens and token types go, in single texts and in pairs.</summary>
public sealed class TemplateTests
{
    private static readonly string[] Pieces = ["[UNK]", "a", "b", "c", "[CLS]", "[SEP]", "[X]"];

    private const string Bert = """{"type": "BertProcessing", "cls": ["[CLS]", 4], "sep": ["[SEP]", 5]}""";
    private const string Roberta =
        """{"type": "RobertaProcessing", "cls": ["[CLS]", 4], "sep": ["[SEP]", 5], "trim_offsets": true, "add_prefix_space": false}""";
    private const string ByteLevel = """{"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true}""";

    [Theory]
    [InlineData("[CLS]:0 $A:0 [SEP]:0", "$A:0 $B:1", "[CLS] a b [SEP]", "0 0 0 0", "a b c", "0 0 1")]
    [InlineData("$A:0", "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", "a b", "0 0", "[CLS] a b [SEP] c [SEP]", "0 0 0 0 1 1")]
    [InlineData("$A:0", "[CLS]:0 $B:1 [SEP]:1 $A:0", "a b", "0 0", "[CLS] c [SEP] a b", "0 1 1 0 0")] // the second text first
    [InlineData("[X]:3 $A:2", "$A:2 [X]:3 $B:4", "[X] [CLS] a b", "3 3 2 2", "a b [X] [CLS] c", "2 2 3 3 4")] // a token of two ids
    [InlineData("$A:0 [SEP]:0 [SEP]:0", "$A:0 $B:0 [SEP]:1", "a b [SEP] [SEP]", "0 0 0 0", "a b c [SEP]", "0 0 0 1")]
    public void Templates(string alone, string pair, string ids, string types, string pairIds, string pairTypes) =>
        CheckBoth(Processor(alone, pair), ids, types, pairIds, pairTypes);

    [Theory]
    [InlineData(Bert, "[CLS] a b [SEP]", "[CLS] a b [SEP] c [SEP]", "0 0 0 0 1 1")]
    [InlineData(Roberta, "[CLS] a b [SEP]", "[CLS] a b [SEP] [SEP] c [SEP]", "0 0 0 0 0 0 0")]
    [InlineData(ByteLevel, "a b", "a b c", "0 0 1")]
    [InlineData("null", "a b", "a b c", "0 0 1")]
    public void ProcessorsOfOneModel(string processor, string ids, string pairIds, string pairTypes) =>
        CheckBoth(processor, ids, string.Join(' ', ids.Split(' ').Select(_ => 0)), pairIds, pairTypes);

    [Theory]
    [InlineData(Bert, ByteLevel, "[CLS] a b [SEP]")]
    [InlineData(ByteLevel, Roberta, "[CLS] a b [SEP]")]
    [InlineData(ByteLevel, ByteLevel, "a b")]
    public void ASequenceOfProcessorsHasTheTemplateOfTheOneThatHasOne(string first, string second, string expected)
    {
        var json = Build($$"""{"type": "Sequence", "processors": [{{first}}, {{second}}]}""");
        Assert.Equal(expected, Words(Ids(json, "a b")));
    }

    [Theory]
    [InlineData("""{"model_input_names": ["input_ids", "attention_mask"]}""", "0 0 0 0 0 0")]
    [InlineData("""{"model_input_names": ["input_ids", "token_type_ids", "attention_mask"]}""", "0 0 0 0 1 1")]
    [InlineData("""{"model_input_names": null}""", "0 0 0 0 1 1")]
    [InlineData("{}", "0 0 0 0 1 1")]
    public void AModelWithoutTokenTypesIsGivenZeros(string config, string types)
    {
        var tokenizer = Load(Build(Bert), config);
        Assert.Equal(types, string.Join(' ', tokenizer.EncodePair("a b", "c").TypeIds));
        Assert.Equal(types.Contains('1') ? [0, 0, 0, 1, 1] : [0, 0, 0, 0, 0], tokenizer.TypeIds(pairs: true));
        Assert.Equal([0, 0, 0], tokenizer.TypeIds(pairs: false));
    }

    [Theory]
    [InlineData("right", "a b c a", 5, "[CLS] a b c [SEP]")]
    [InlineData("left", "a b c a", 5, "[CLS] b c a [SEP]")]
    [InlineData("right", "a b c", 5, "[CLS] a b c [SEP]")] // exactly as long as may be
    [InlineData("left", "a b c", 2, "[CLS] [SEP]")] // nothing of the text is left
    public void ASingleTextIsCutBesideItsSpecialTokens(string side, string text, int limit, string expected)
    {
        var encoded = Load(Build(Bert), $$"""{"truncation_side": "{{side}}"}""").Encode(text, limit);
        Assert.Equal(expected, Words(encoded.Ids));
        Assert.Equal(limit < text.Split(' ').Length + 2, encoded.Truncated);
    }

    [Theory]
    [InlineData("right", TruncationStrategy.LongestFirst, 7, "[CLS] a b [SEP] c c [SEP]")]
    [InlineData("left", TruncationStrategy.LongestFirst, 7, "[CLS] b c [SEP] b a [SEP]")]
    [InlineData("right", TruncationStrategy.OnlyFirst, 8, "[CLS] a [SEP] c c b a [SEP]")]
    [InlineData("left", TruncationStrategy.OnlyFirst, 8, "[CLS] c [SEP] c c b a [SEP]")]
    [InlineData("right", TruncationStrategy.OnlySecond, 7, "[CLS] a b c [SEP] c [SEP]")]
    [InlineData("left", TruncationStrategy.OnlySecond, 7, "[CLS] a b c [SEP] a [SEP]")]
    public void PairsAreCutByStrategyAndSide(string side, TruncationStrategy strategy, int limit, string expected)
    {
        var tokenizer = Load(Build(Bert), $$"""{"truncation_side": "{{side}}"}""");
        var pair = tokenizer.EncodePair("a b c", "c c b a", limit, strategy);
        Assert.Equal(expected, Words(pair.Ids));
        Assert.Equal(expected.Split(' ').Length, pair.TypeIds.Length);
        Assert.Equal(expected[expected.IndexOf("[SEP]", StringComparison.Ordinal)..].Split(' ').Length - 1, pair.TypeIds.Sum());
        Assert.True(pair.Truncated);
    }

    [Theory]
    [InlineData("""{"type": "Magic"}""", "a post-processor of type Magic is not supported")]
    [InlineData(
        """{"type": "BertProcessing", "cls": ["[CLS]", 4], "sep": ["[SEP]", 7]}""",
        "a special token has the id 7, but there are 7"
    )]
    [InlineData("""{"type": "BertProcessing", "cls": ["[CLS]", -1], "sep": ["[SEP]", 5]}""", "a special token has the id -1")]
    [InlineData("""{"type": "BertProcessing", "sep": ["[SEP]", 5]}""", "cannot be read")]
    [InlineData(
        """{"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "[Y]", "type_id": 0}}], "pair": [], "special_tokens": {}}""",
        "cannot be read"
    )]
    public void AProcessorThatCannotBeUsedIsNamed(string processor, string expected) => Assert.Contains(expected, Error(Build(processor)));

    private static void CheckBoth(string processor, string ids, string types, string pairIds, string pairTypes)
    {
        var tokenizer = Load(Build(processor));
        var (text, pair) = (tokenizer.Encode("a b"), tokenizer.EncodePair("a b", "c"));
        Assert.Equal(ids, Words(Ids(Build(processor), "a b")));
        Assert.Equal((ids, types), (Words(text.Ids), string.Join(' ', text.TypeIds)));
        Assert.Equal((pairIds, pairTypes), (Words(pair.Ids), string.Join(' ', pair.TypeIds)));
        Assert.False(text.Truncated || pair.Truncated);
    }

    private static string Build(string processor) =>
        Json(WordPiece(Pieces), preTokenizer: SmallTokenizers.WhitespaceSplit, processor: processor);

    private static string Words(IEnumerable<int> ids) => string.Join(' ', ids.Select(id => Pieces[id]));

    /// <summary>A template in the short form of tokenizers, "[CLS]:0 $A:0"; [X] stands for two ids.</summary>
    private static string Processor(string alone, string pair)
    {
        static JsonNode Special(string id, int[] ids) =>
            new JsonObject
            {
                ["id"] = id,
                ["ids"] = new JsonArray([.. ids.Select(value => JsonValue.Create(value))]),
                ["tokens"] = new JsonArray([.. ids.Select(value => JsonValue.Create(Pieces[value]))]),
            };
        static JsonArray Parts(string template) =>
            [
                .. template
                    .Split(' ')
                    .Select(part => part.Split(':'))
                    .Select(part => new JsonObject
                    {
                        [part[0][0] == '$' ? "Sequence" : "SpecialToken"] = new JsonObject
                        {
                            ["id"] = part[0].TrimStart('$'),
                            ["type_id"] = int.Parse(part[1]),
                        },
                    }),
            ];
        return new JsonObject
        {
            ["type"] = "TemplateProcessing",
            ["single"] = Parts(alone),
            ["pair"] = Parts(pair),
            ["special_tokens"] = new JsonObject
            {
                ["[CLS]"] = Special("[CLS]", [4]),
                ["[SEP]"] = Special("[SEP]", [5]),
                ["[X]"] = Special("[X]", [6, 4]),
            },
        }.ToJsonString();
    }
}
