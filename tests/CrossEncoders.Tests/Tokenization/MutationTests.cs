using System.Text;
using System.Text.Json.Nodes;
using CrossEncoders.Tokenization;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>Damaged files give a typed error or a tokenizer that works; never a crash, a hang or a great allocation.</summary>
public sealed class MutationTests
{
    private const int Count = 10_000;

    /// <summary>Far above what a file of some kilobytes can rightly ask for, in bytes a load.</summary>
    private const long MemoryLimit = 64L << 20;

    [Fact]
    public void Vocabulary() => Check("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n##a\n##b\nthe\n##ing\n.\n"u8.ToArray());

    [Fact]
    public void SentencePieceModel() => Check("sentencepiece.bpe.model", SmallModel());

    [Fact]
    public void DebertaModel() => Check("spm.model", SmallModel());

    [Fact]
    public void UnigramJson() => Check("tokenizer.json", Encoding.UTF8.GetBytes(Shrunken("xlm-roberta").ToJsonString()));

    [Fact]
    public void WordPieceJson() => Check("tokenizer.json", Encoding.UTF8.GetBytes(Shrunken("wordpiece-uncased").ToJsonString()));

    [Fact]
    public void BpeJson() => Check("tokenizer.json", Encoding.UTF8.GetBytes(Shrunken("roberta").ToJsonString()));

    [Fact]
    public void BpeFiles()
    {
        const string Vocabulary = """{"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "a": 4, "b": 5, "ab": 6, "Ġ": 7, "Ġa": 8, "aba": 9}""";
        const string Merges = "#version: 0.2\na b\nĠ a\nab a\n";
        using var folder = new ScratchFolder().With("merges.txt", Merges);
        Check(folder, "vocab.json", Encoding.UTF8.GetBytes(Vocabulary));
        folder.With("vocab.json", Vocabulary);
        Check(folder, "merges.txt", Encoding.UTF8.GetBytes(Merges));
    }

    [Fact]
    public void Configuration()
    {
        using var folder = new ScratchFolder().With("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n");
        Check(
            folder,
            "tokenizer_config.json",
            """
            {"do_lower_case": true, "strip_accents": null, "model_max_length": 512, "sep_token": "[SEP]",
             "mask_token": {"content": "[MASK]", "lstrip": true}, "pad_token": "[PAD]"}
            """u8.ToArray()
        );
    }

    private static void Check(string name, byte[] file)
    {
        using var folder = new ScratchFolder();
        Check(folder, name, file);
    }

    private static void Check(ScratchFolder folder, string name, byte[] file)
    {
        File.WriteAllBytes(folder[name], file);
        Assert.NotEmpty(TextTokenizer.Load(folder.Path).EncodePair("a b", "b a").Ids);
        var (random, refused) = (new Random(7), 0);
        for (var i = 0; i < Count; i++)
        {
            File.WriteAllBytes(folder[name], Damage.Of(file, random, Damage.Json));
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                var tokenizer = TextTokenizer.Load(folder.Path);
                var ids = tokenizer.EncodePair("the a b\u0301 <s> [SEP] 漢 ½", "b a").Ids;
                Assert.All(ids, id => Assert.InRange(id, 0, tokenizer.VocabularySize - 1));
            }
            catch (CrossEncoderException)
            {
                refused++;
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MemoryLimit);
        }

        Assert.InRange(refused, 1, Count - 1);
    }

    /// <summary>A golden <c>tokenizer.json</c> with the special tokens and some pieces only.</summary>
    private static JsonNode Shrunken(string name)
    {
        var root = TokenizerFolders.Json(name);
        var model = root["model"]!;
        if (model["vocab"] is JsonArray pieces)
        {
            model["vocab"] = new JsonArray([.. pieces.Take(60).Select(piece => piece!.DeepClone())]);
            root["added_tokens"]!.AsArray().RemoveAt(4);
            root["normalizer"]!["normalizers"]![0]!["precompiled_charsmap"] = Convert.ToBase64String(SmallCharsMap());
        }
        else
        {
            var some = model["vocab"]!.AsObject().Take(300);
            model["vocab"] = new JsonObject(some.Select(piece => KeyValuePair.Create(piece.Key, piece.Value?.DeepClone())));
            if (model["merges"] is JsonArray merges)
                model["merges"] = new JsonArray([.. merges.Take(30).Select(merge => merge!.DeepClone())]);
        }

        return root;
    }

    /// <summary>A SentencePiece model of a few pieces, as protocol buffers.</summary>
    private static byte[] SmallModel()
    {
        var output = new List<byte>();
        string[] pieces = ["<unk>", "<s>", "</s>", "▁", "a", "b", "▁a", "the", "▁the", "漢"];
        foreach (var (index, text) in pieces.Index())
        {
            var type = index switch
            {
                0 => 2,
                < 3 => 3,
                _ => 1,
            }; // unknown, control, normal
            Field(output, 1, [.. Field(1, Encoding.UTF8.GetBytes(text)), 0x15, .. BitConverter.GetBytes(-1.5f * type), 0x18, (byte)type]);
        }

        Field(output, 2, [0x18, 1, 0xC0, 0x02, 0]); // model_type 1 (unigram), unk_id 0
        Field(output, 3, [.. Field(1, "nmt_nfkc"u8), .. Field(2, SmallCharsMap())]);
        return [.. output];
    }

    /// <summary>One rule, U+0001 → a space: the root, its child, and the child's leaf.</summary>
    private static byte[] SmallCharsMap()
    {
        // A unit holds its label in bits 0-7, whether a leaf follows in bit 8, and the offset to its children from bit 10 on.
        uint[] units = [4 << 10, 0, 0, 0, 0, 1 | 0x100 | (2 << 10), 0, 0x80000000];
        return [.. BitConverter.GetBytes(units.Length * 4), .. units.SelectMany(BitConverter.GetBytes), .. " \0"u8];
    }

    private static void Field(List<byte> output, int number, ReadOnlySpan<byte> content) => output.AddRange(Field(number, content));

    private static byte[] Field(int number, ReadOnlySpan<byte> content)
    {
        List<byte> length = [];
        for (var rest = content.Length; rest > 0 || length.Count == 0; rest >>= 7)
            length.Add((byte)((rest & 0x7F) | (rest > 0x7F ? 0x80 : 0)));
        return [(byte)((number << 3) | 2), .. length, .. content];
    }
}
