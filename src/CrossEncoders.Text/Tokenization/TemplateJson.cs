using System.Text.Json;

namespace CrossEncoders.Tokenization;

/// <summary>Reads the <c>post_processor</c> section of <c>tokenizer.json</c>.</summary>
internal static class TemplateJson
{
    private static readonly TemplatePart First = new(null, 0, 0);
    private static readonly SequenceTemplate Plain = new([First], [First, new(null, 1, 1)]);

    /// <summary>Reads the section; without one no special tokens are added.</summary>
    public static SequenceTemplate Read(JsonElement? section) => section is { } value ? Find(value) ?? Plain : Plain;

    private static SequenceTemplate? Find(JsonElement section) =>
        TokenizerJson.Type(section) switch
        {
            "TemplateProcessing" => ReadTemplate(section),
            "RobertaProcessing" => Roberta(Ids(section, "cls"), Ids(section, "sep")),
            "BertProcessing" => Bert(Ids(section, "cls"), Ids(section, "sep")),
            "ByteLevel" => null,
            "Sequence" => section.GetProperty("processors").EnumerateArray().Select(Find).LastOrDefault(template => template is not null),
            var type => throw new CrossEncoderException($"a post-processor of type {type} is not supported."),
        };

    /// <summary><c>[CLS] a [SEP] b [SEP]</c>; the second segment has type 1.</summary>
    public static SequenceTemplate Bert(int[] start, int[] end)
    {
        TemplatePart cls = new(start, 0, 0),
            sep = new(end, 0, 0);
        return new SequenceTemplate([cls, First, sep], [cls, First, sep, new(null, 1, 1), new(end, 0, 1)]);
    }

    /// <summary><c>&lt;s&gt; a &lt;/s&gt;&lt;/s&gt; b &lt;/s&gt;</c>; all types are 0.</summary>
    public static SequenceTemplate Roberta(int[] start, int[] end)
    {
        TemplatePart cls = new(start, 0, 0),
            sep = new(end, 0, 0);
        return new SequenceTemplate([cls, First, sep], [cls, First, sep, sep, new(null, 1, 0), sep]);
    }

    private static int[] Ids(JsonElement section, string name) => [section.GetProperty(name)[1].GetInt32()];

    private static SequenceTemplate ReadTemplate(JsonElement section)
    {
        var special = section.GetProperty("special_tokens");
        TemplatePart[] Parts(string name) => [.. section.GetProperty(name).EnumerateArray().Select(part => ReadPart(part, special))];
        return new SequenceTemplate(Parts("single"), Parts("pair"));
    }

    private static TemplatePart ReadPart(JsonElement part, JsonElement special)
    {
        if (part.TryGetProperty("Sequence", out var sequence))
        {
            var segment = sequence.GetProperty("id").GetString() == "B" ? 1 : 0;
            return new TemplatePart(null, segment, sequence.GetProperty("type_id").GetInt32());
        }

        var token = part.GetProperty("SpecialToken");
        var ids = special.GetProperty(token.GetProperty("id").GetString() ?? string.Empty).GetProperty("ids");
        return new TemplatePart([.. ids.EnumerateArray().Select(id => id.GetInt32())], 0, token.GetProperty("type_id").GetInt32());
    }
}
