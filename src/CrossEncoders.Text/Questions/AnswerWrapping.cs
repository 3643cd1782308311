using System.Net;
using System.Text.RegularExpressions;

namespace CrossEncoders.Questions;

/// <summary>What stands around an answer and is not part of it: thoughts, channels, special tokens, the escapes of a page.</summary>
internal static partial class AnswerWrapping
{
    /// <summary>What goes, in this order; of each example "Why A?" stays.</summary>
    public static readonly IReadOnlyList<AnswerRule> Rules =
    [
        // gpt-oss; without its special tokens "analysis…assistantfinal…".
        new(
            "<|channel|>analysis<|message|>Why me?<|end|><|start|>assistant<|channel|>final<|message|>Why A?",
            @"^.*<\|channel\|>\s*final(\s*<\|constrain\|>\s*\w+)?(\s*<\|message\|>)?"
        ),
        new("analysisTwo are wanted. Why me?assistantfinalWhy A?", @"^analysis.*assistantfinal(\s*<\|message\|>)?"),
        new("Why A?<|channel|>commentary<|message|>Why me?", @"<\|channel\|>\s*(analysis|commentary).*$"),
        new(
            "<think>Why me?</think>Why A?",
            @"<(think(?:ing)?|reasoning|thoughts?|reflection|scratchpad|draft|brainstorm|草稿|思考)>.*?(</\1>|$)"
        ),
        // Templates of reasoning models open the tag themselves: the answer has only its end.
        new("Why me?</think>Why A?", @"^.*</think(ing)?>"),
        new("Why A?<|im_end|></s>", @"(\s{0,100}(<\|[a-z_]{1,20}\|>|</s>|<end_of_turn>))+\s*$"),
    ];

    private static readonly Regex[] Patterns = [.. Rules.Select(rule => rule.Alone)];

    /// <summary>The answer alone.</summary>
    public static string Without(string answer)
    {
        // A whole answer with the escapes of a page: "&lt;question&gt;", "{&quot;text&quot;:".
        if (EscapedForm().IsMatch(answer))
            answer = WebUtility.HtmlDecode(answer);
        foreach (var pattern in Patterns)
            answer = pattern.Replace(answer, "").Trim();
        return answer;
    }

    [GeneratedRegex(
        @"&lt;/(question|query|q|questions)[_\d]*&gt;|[{\[,]\s*(&quot;|&#34;)\w+(&quot;|&#34;)\s*[:,\]]",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex EscapedForm();
}
