using System.Text.RegularExpressions;

namespace CrossEncoders.Examples;

/// <summary>Names of columns in use for queries, passages and labels. Case, spaces, underscores and hyphens do not matter.</summary>
/// <remarks>
/// Sources: the data set formats of sentence-transformers (names there do not matter, the usual ones are listed); MS MARCO; FlagEmbedding
/// (pos, neg); Tevatron (positive_passages); DPR (positive_ctxs, hard_negative_ctxs); AutoTrain; MTEB.
/// </remarks>
internal static partial class ExampleNames
{
    public static readonly string[] Queries =
    [
        "query",
        "question",
        "anchor",
        "sentence1",
        "text1",
        "sentencea",
        "premise",
        "querytext",
        "questiontext",
        "searchquery",
        "q",
    ];

    public static readonly string[] Passages =
    [
        "passage",
        "document",
        "doc",
        "context",
        "answer",
        "response",
        "text",
        "sentence2",
        "text2",
        "sentenceb",
        "hypothesis",
        "passagetext",
        "documenttext",
        "doctext",
        "content",
        "contents",
        "paragraph",
        "chunk",
        "segment",
        "ctx",
        "candidate",
        "body",
    ];

    /// <summary>Labels beside positives and negatives: a score for each.</summary>
    public static readonly string[] Scores = ["label", "score", "similarityscore", "labels", "scores"];

    public static readonly string[] Labels =
    [
        .. Scores,
        "similarity",
        "relevance",
        "relevancescore",
        "relevancelabel",
        "relevant",
        "isrelevant",
        "isselected",
        "isanswer",
        "ismatch",
        "isduplicate",
        "grade",
        "target",
        "goldlabel",
    ];

    public static readonly string[] Lists = ["docs", "documents", "passages", "candidates", "contexts", "ctxs", "paragraphs", "chunks"];

    /// <summary>The text of a passage that is an object.</summary>
    public static readonly string[] ObjectTexts = [.. Passages, "pagecontent"];

    /// <summary>A name as it is compared.</summary>
    public static string Key(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    public static bool IsPositive(string name) => Positive().IsMatch(Key(name));

    public static bool IsNegative(string name) => Negative().IsMatch(Key(name));

    /// <summary>Names that the title of a column's passages may have: "positive_title", "negative_1_title", "negative_title_1".</summary>
    public static string[] TitlesOf(string name)
    {
        var key = Key(name);
        var (bare, digits) = (key.TrimEnd("0123456789".ToCharArray()), key[key.TrimEnd("0123456789".ToCharArray()).Length..]);
        var kind = Kind().Replace(bare, "");
        return
        [
            .. new[] { key, bare, kind }
                .Where(part => part != "")
                .SelectMany(part => (string[])[$"{part}title", $"{part}titles", $"{part}title{digits}"]),
        ];
    }

    /// <summary>Whether the name stands for several values, so that a list that became text is read as a list.</summary>
    public static bool IsPlural(string name) => Plural().IsMatch(Key(name));

    /// <summary>Names of columns that a training has no use for, such as ids and sources.</summary>
    public static bool IsMetadata(string name) => Metadata().IsMatch(Key(name));

    /// <summary>Whether a number under the name may be a label.</summary>
    public static bool IsMeasure(string name) => Measure().IsMatch(Key(name));

    private const string Kinds =
        "(passages?|docs?|documents?|ctxs?|contexts?|texts?|chunks?|answers?|examples?|samples?|responses?|sentences?)?";

    [GeneratedRegex($"^(pos|positives?){Kinds}[0-9]*$")]
    private static partial Regex Positive();

    [GeneratedRegex(
        $"^(hard|random|rand|easy|soft|mined|sampled|bm25|dense|semantic|lexical|inbatch|ann)?(negs?|negatives?){Kinds}[0-9]*$"
    )]
    private static partial Regex Negative();

    [GeneratedRegex($"{Kinds}$")]
    private static partial Regex Kind();

    [GeneratedRegex("(s|^pos|neg|texts)[0-9]*$")]
    private static partial Regex Plural();

    [GeneratedRegex(
        "(ids?|idx|index|hash|urls?|uri|links?|source|src|lang|language|split|domain|dataset|subset|type|category|task|date|time|timestamp"
            + "|author|license|metadata|meta|tags?|prompt|instruction|version|model|style|topic|file|path|filename|rank|unnamed0)$"
    )]
    private static partial Regex Metadata();

    [GeneratedRegex("score|label|relevan|grade|rating|margin|similarity|logit")]
    private static partial Regex Measure();
}
