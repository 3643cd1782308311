using CrossEncoders.Modeling;
using CrossEncoders.Tokenization;

namespace CrossEncoders;

/// <summary>A text as a late-interaction model reads it.</summary>
/// <param name="Text">Its tokens, those that lengthen a query at the end.</param>
/// <param name="Scored">The positions of the tokens that count, ascending.</param>
/// <param name="OwnStart">How many of these stand before the text's own.</param>
/// <param name="OwnCount">How many of these are the text's own.</param>
internal sealed record MultiVectorText(TokenizedText Text, int[] Scored, int OwnStart, int OwnCount);

/// <summary>Texts to the tokens that a late-interaction model reads, and those of them that count.</summary>
internal sealed class MultiVectorReader
{
    private readonly TextTokenizer _tokenizer;
    private readonly MultiVectorSettings _settings;
    private readonly Side _queries;
    private readonly Side _passages;
    private readonly int _expansion;
    private readonly (int Before, int After) _special;

    /// <summary>Reads by a model's settings.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="config">The configuration.</param>
    /// <param name="settings">What the folder says of late interaction.</param>
    /// <param name="longest">The longest text that the model takes, in tokens.</param>
    /// <param name="source">The folder, for messages.</param>
    /// <exception cref="CrossEncoderException">Queries cannot be lengthened as the folder asks for.</exception>
    public MultiVectorReader(TextTokenizer tokenizer, ModelConfig config, MultiVectorSettings settings, int longest, string source)
    {
        (_tokenizer, _settings) = (tokenizer, settings);
        longest = Math.Min(longest, config.Settings.Texts.MaxLength ?? tokenizer.ModelMaxLength ?? int.MaxValue);
        _queries = SideOf(true, settings.QueryPrompt, settings.QueryLength ?? longest);
        _passages = SideOf(false, settings.DocumentPrompt, settings.DocumentLength ?? longest);
        _expansion = settings.Expansion is { } expansion ? ExpansionToken(expansion, config, source) : -1;
        var whole = tokenizer.BuildSingle([-1], int.MaxValue).Ids; // no token has this id
        _special = (whole.AsSpan().IndexOf(-1), whole.Length - 1 - whole.AsSpan().IndexOf(-1));
    }

    /// <summary>Where passages are cut, in tokens.</summary>
    public int MaxPassageTokens => _passages.Limit;

    /// <summary>A text's tokens.</summary>
    /// <param name="text">The text.</param>
    /// <param name="query">Whether it is a query, else a passage.</param>
    /// <param name="maxTokens">Where it is cut at the latest.</param>
    public MultiVectorText Read(string text, bool query, int maxTokens)
    {
        var side = query ? _queries : _passages;
        var expansion = query ? _settings.Expansion : null;
        var limit = Math.Min(maxTokens, expansion is { Cuts: true } ? expansion.Length : side.Limit);
        var segment = _tokenizer.EncodeToIds(side.Prompt + text);
        var prompt = segment.Zip(side.PromptIds).TakeWhile(pair => pair.First == pair.Second).Count();
        if (side.Mark is { } mark)
            segment = [mark, .. segment];
        var read = _tokenizer.BuildSingle(segment, limit);
        var own = _special.Before + prompt + (side.Mark is null ? 0 : 1);
        var end = read.Ids.Length - _special.After;
        var missing = Math.Max(0, Math.Min(expansion?.Length ?? 0, maxTokens) - read.Ids.Length);
        if (missing > 0)
            read = new TokenizedText(
                [.. read.Ids, .. Enumerable.Repeat(_expansion, missing)],
                [.. read.TypeIds, .. new int[missing]],
                read.Truncated
            )
            {
                Unattended = expansion!.Attended ? 0 : missing,
            };
        var uncounted = _settings.Mask is null ? read.Unattended : 0; // without such a module the tokens that are attended to count
        int[] scored = [.. Enumerable.Range(0, read.Ids.Length - uncounted).Where(i => side.Counts(read.Ids[i]))];
        var ownCount = scored.Count(i => i >= own && i < end);
        return new(read, scored, ownCount == 0 ? 0 : scored.Count(i => i < own), ownCount);
    }

    private Side SideOf(bool query, string prompt, int limit)
    {
        var (mark, rest) = MarkOf(prompt);
        HashSet<int>? skipped =
            _settings.Mask is { } mask && mask.Skips(query)
                ? [.. (mask.SkippedWords ?? []).Select(_tokenizer.IdOf).OfType<int>()] // words that are not one token are passed over
                : null;
        HashSet<int>? only = !query && _settings.Mask?.OnlyTokens is { Count: > 0 } ids ? [.. ids] : null;
        bool Counts(int id) => skipped?.Contains(id) != true && only?.Contains(id) != false;
        return new(mark, rest, _tokenizer.EncodeToIds(rest.TrimEnd()), limit, Counts);
    }

    /// <summary>The token that a prompt begins with where the vocabulary has it but does not find it in a text; and the rest.</summary>
    private (int? Mark, string After) MarkOf(string prompt)
    {
        var text = prompt.TrimStart();
        if (!_settings.MarksAreTokens || text.Length == 0)
            return (null, prompt);
        foreach (var candidate in new[] { text, text.Split((char[]?)null, 2)[0] })
        {
            if (_tokenizer.IdOf(candidate) is { } id)
                return _tokenizer.EncodeToIds(candidate) is [var found] && found == id ? (null, prompt) : (id, text[candidate.Length..]);
        }

        return (null, prompt);
    }

    private int ExpansionToken(QueryExpansion expansion, ModelConfig config, string source)
    {
        var family = Family.Of(config);
        if (family.IsDecoder || (!expansion.Attended && config.ModelType == "deberta-v2"))
            throw new CrossEncoderException(
                $"The model in {source} lengthens queries by tokens (query_expansion), which is not supported for the architecture "
                    + $"'{config.ModelType}'. Choose a model with another encoder."
            );
        string[] names =
            expansion.Token is { } named ? [named]
            : _tokenizer.MaskToken is { } mask ? [mask]
            : ["[MASK]", "<mask>"];
        return names.Select(_tokenizer.IdOf).FirstOrDefault(id => id is not null)
            ?? throw new CrossEncoderException(
                $"The model in {source} lengthens queries by the token \"{names[0]}\", which its tokenizer does not have. Name another "
                    + "in query_expansion."
            );
    }

    private sealed record Side(int? Mark, string Prompt, IReadOnlyList<int> PromptIds, int Limit, Func<int, bool> Counts);
}
