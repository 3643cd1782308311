using CrossEncoders.Tokenization;

namespace CrossEncoders.Benchmarks.Distillation;

/// <summary>Collects the passages and queries of the shared training texts, the same in each run.</summary>
/// <param name="shared">Where they are.</param>
/// <param name="tokenizer">Counts tokens.</param>
/// <param name="all">Whether to take all human questions, and headings and sentences of nearly every section; else a share.</param>
internal sealed class TrainingSources(string shared, TextTokenizer tokenizer, bool all)
{
    private const int MostSentences = 3;
    private static readonly int[] Lengths = [64, 96, 128, 192, 256, 400];
    private readonly string _data = Path.Combine(shared, "data");

    /// <summary>The passages of a language with all queries.</summary>
    /// <param name="language">en or zh.</param>
    /// <param name="written">Where the questions written for the recipe are.</param>
    public TrainingTexts Load(string language, string written)
    {
        var texts = new TrainingTexts(language);
        AddSections(texts, ProseFiles.Read<WrittenQuestion>(written));
        AddQuestions(texts, language == "en" ? int.MaxValue : 3);
        if (language == "en")
        {
            AddSquad(texts, 160, "squadshifts", "new_wiki_v1.0.json", 2000, int.MaxValue);
            AddSquad(texts, 200, "squadshifts", "amazon_reviews_v1.0.json", 1500, 6000);
            AddSquad(texts, 256, "squadshifts", "reddit_v1.0.json", 1500, 6000);
        }
        else
        {
            AddSquad(texts, 128, "drcd", "DRCD_dev.zh-Hans.json", 2000, int.MaxValue);
            AddSquad(texts, 256, "drcd", "DRCD_test.zh-Hans.json", 2000, int.MaxValue);
            AddSquad(texts, 400, "cmrc2018", "cmrc2018_trial.json", 1000, int.MaxValue);
        }

        texts.Shuffle(2026);
        return texts;
    }

    private void AddSections(TrainingTexts texts, IReadOnlyList<WrittenQuestion> written)
    {
        var (random, more) = (new Random(2026), new Random(2028));
        var asked = written.ToLookup(question => question.Section);
        var headings = new HashSet<string>();
        foreach (var section in ProseFiles.Read<ProseSection>(_data, "prose", $"sections-{texts.Language}.jsonl"))
        {
            var left = texts.Language == "en" && random.Next(5) < 3 && !asked.Contains(section.Hash); // half the English would do
            var limit = Lengths[random.Next(Lengths.Length)];
            if (left)
                continue;
            var titled = section.Kind != "faq" && random.Next(3) == 0;
            var pieces = SentencePieces.Of(section.Text, tokenizer, limit).ToArray();
            int[] rows = [.. pieces.Select(piece => texts.Add(titled ? $"{string.Join(" > ", section.Above)}\n{piece.Text}" : piece.Text))];
            var (which, kind) = (random.Next(rows.Length), random.Next(4));
            if (section.Kind == "faq")
                texts.Ask(new($"faq-{section.Hash}", section.Title, [.. rows.Take(2)]));
            else if (kind == 0 && QueryMaking.OfHeadings(section, random) is { } heading && headings.Add(heading))
                texts.Ask(new($"heading-{section.Hash}", heading, []));
            else if (kind == 1 && QueryMaking.OfSentence(pieces[which].Text, random) is { } sentence)
                texts.Ask(new($"sentence-{section.Hash}", sentence, [], random.Next(5) < 3 ? rows[which] : -1));
            if (all)
            {
                if (section.Kind != "faq" && kind != 0 && QueryMaking.OfHeadings(section, more) is { } other && headings.Add(other))
                    texts.Ask(new($"heading-{section.Hash}", other, []));
                foreach (var (number, piece) in pieces.Index().Take(MostSentences))
                    if (more.Next(2) == 0 && QueryMaking.OfSentence(piece.Text, more) is { } part)
                        texts.Ask(new($"sentence-{section.Hash}-{number}", part, [], more.Next(5) < 3 ? rows[number] : -1));
            }

            foreach (var (number, question) in asked[section.Hash].Index())
                texts.Ask(
                    new(
                        $"written-{section.Hash}-{number}",
                        question.Query,
                        [rows[Array.FindLastIndex(pieces, piece => piece.Start <= question.Answer)]]
                    )
                );
        }
    }

    /// <summary>The questions of people in the prose files.</summary>
    /// <param name="texts">Where they go.</param>
    /// <param name="most">The most answers a question keeps.</param>
    private void AddQuestions(TrainingTexts texts, int most)
    {
        var random = new Random(2027);
        var questions = ProseFiles.Read<ProseQuestion>(_data, "prose", $"questions-{texts.Language}.jsonl");
        foreach (var (number, same) in questions.GroupBy(question => question.Query).Index())
        {
            int[] rows = [.. same.Select(answer => texts.Add(random.Next(2) == 0 ? $"{answer.Title} {answer.Positive}" : answer.Positive))];
            texts.Ask(new($"question-{texts.Language}-{number}", Varied(same.Key, random), [.. rows.Take(most)]));
        }
    }

    private void AddSquad(TrainingTexts texts, int maxTokens, string folder, string name, int few, int many)
    {
        var file = SquadFile.Load(Path.Combine(_data, folder, name)).Split(tokenizer, maxTokens);
        int[] rows = [.. file.Passages.Select(texts.Add)];
        var random = new Random(2024);
        var questions = file.Questions.Index().ToArray();
        random.Shuffle(questions);
        foreach (var (number, question) in questions.Take(all ? many : few))
            texts.Ask(new($"{file.Name}-{number}", Varied(question.Text, random), [rows[question.Passage]]));
    }

    /// <summary>One in seven questions as somebody in a hurry types it.</summary>
    private static string Varied(string question, Random random) =>
        random.Next(7) == 0 ? QueryMaking.Keywords(question).TrimEnd('？', '?') : question.Trim();
}
