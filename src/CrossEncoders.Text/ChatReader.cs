using CrossEncoders.Modeling;
using CrossEncoders.Tokenization;

namespace CrossEncoders;

/// <summary>
/// Messages through a chat template to tokens: the prompt, or instruction, as "system", then a message for each role. What is too long
/// loses its end, but never the template's closing tokens, at which a model answers.
/// </summary>
/// <remarks>
/// As sentence-transformers 6: the rendered text is cut, and the template's last tokens, which are those that two short conversations have
/// in common, are written over the last ones of the row.
/// </remarks>
internal sealed class ChatReader
{
    /// <summary>The role of a text that stands alone.</summary>
    public static readonly string[] TextRoles = ["user"];

    /// <summary>The roles of a pair.</summary>
    public static readonly string[] PairRoles = ["query", "document"];

    private readonly TextTokenizer _tokenizer;
    private readonly ChatTemplate _template;
    private readonly string _prompt;
    private readonly ChatSettings _settings;
    private readonly string[] _roles;
    private readonly int[] _ending;

    /// <summary>Reads messages of given roles through a template.</summary>
    public ChatReader(TextTokenizer tokenizer, ChatTemplate template, string prompt, ChatSettings settings, string[] roles)
    {
        (_tokenizer, _template, _prompt, _settings, _roles) = (tokenizer, template, prompt, settings, roles);
        _ending = settings.KeepsEnding ? Ending() : [];
    }

    /// <summary>The template that a model's texts go through; null for none.</summary>
    /// <exception cref="CrossEncoderException">It is missing, or does not show a message of one of the roles.</exception>
    public static ChatTemplate? Template(TextSettings texts, string folder, string[] roles)
    {
        if (texts.ReadsMessages == false)
            return null;
        var template = ChatTemplate.Find(folder);
        if (template is null && texts.ReadsMessages == true)
            throw new CrossEncoderException(
                $"The model in {folder} reads messages (sentence_bert_config.json), but there is no chat template. Fetch the folder again."
            );
        if (template is not null)
            Check(template, texts.Chat, folder, roles);
        return template;
    }

    /// <summary>Whether a template shows a message of each role.</summary>
    /// <exception cref="CrossEncoderException">It does not.</exception>
    public static void Check(ChatTemplate template, ChatSettings settings, string source, string[] roles)
    {
        string Of(int changed) =>
            template.Render([.. roles.Select((role, i) => (role, i == changed ? "charlie foxtrot" : $"alpha {i}"))], settings.Variables);
        var whole = Of(-1);
        foreach (var (index, role) in roles.Index())
        {
            if (Of(index) == whole)
                throw new CrossEncoderException(
                    $"The chat template in {source} does not show a message with the role \"{role}\", so that the model could not read it. "
                        + $"Add it to the template, or choose {(roles.Length > 1 ? "a re-ranker" : "an embedding model")}."
                );
        }
    }

    /// <summary>The text of messages.</summary>
    public string Render(params string[] contents)
    {
        var messages = _roles.Zip(contents);
        return _template.Render([.. _prompt.Length == 0 ? messages : messages.Prepend(("system", _prompt))], _settings.Variables);
    }

    /// <summary>Messages as they are read, at most <paramref name="maxLength"/> tokens.</summary>
    public TokenizedText Read(int maxLength, params string[] contents)
    {
        var ids = _tokenizer.EncodeToIds(Render(contents));
        if (ids.Count < maxLength)
            return Whole([.. ids], truncated: false);
        int[] kept = [.. ids.Take(maxLength)];
        var ending = _ending.AsSpan(Math.Max(0, _ending.Length - kept.Length));
        ending.CopyTo(kept.AsSpan(kept.Length - ending.Length));
        return Whole(kept, truncated: ids.Count > maxLength);
    }

    /// <summary>Tokens of one type.</summary>
    public static TokenizedText Whole(int[] ids, bool truncated) => new(ids, new int[ids.Length], truncated);

    /// <summary>The tokens at the end that do not depend on the contents.</summary>
    private int[] Ending()
    {
        IReadOnlyList<int> Of(string content) => _tokenizer.EncodeToIds(Render([.. _roles.Select(_ => content)]));
        var (first, second) = (Of("0"), Of("1 2 3 4"));
        var common = first.Reverse().Zip(second.Reverse()).TakeWhile(pair => pair.First == pair.Second).Count();
        return common < Math.Min(first.Count, second.Count) ? [.. first.Skip(first.Count - common)] : [];
    }
}
