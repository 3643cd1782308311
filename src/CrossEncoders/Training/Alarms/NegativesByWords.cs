using CrossEncoders.Examples;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Training.Alarms;

/// <summary>
/// Negatives that share more words with the question than its answer does, as the best of a keyword search do where answers were taken
/// whatever their place: the model learns that words in common are a bad sign, passes on negatives made alike, and ruins every ranking.
/// </summary>
internal sealed class NegativesByWords : AlarmRule
{
    private const double MostShare = 0.75;
    private const int Enough = 100; // comparisons
    private const int Asked = 1000; // questions looked at

    /// <inheritdoc/>
    public override string Name => "negatives-by-words";

    /// <inheritdoc/>
    public override Finding? BeforeTraining(WatchedTraining training)
    {
        var (answers, negatives) = (0, 0);
        var questions = ExampleLists.Groups(training.Examples).ToArray();
        new Random(0).Shuffle(questions); // in order they may alternate by style, as those of one passage do
        foreach (var question in questions.Take(Asked))
        {
            var words = TextAnalyzer.Terms(question[0].Query).ToHashSet();
            var shared = question.ToLookup(example => example.Label >= 0.5f, example => Shared(words, example.Passage));
            foreach (var (answer, negative) in shared[true].SelectMany(_ => shared[false], (answer, negative) => (answer, negative)))
            {
                answers += answer > negative ? 1 : 0;
                negatives += negative > answer ? 1 : 0;
            }
        }

        var compared = answers + negatives;
        var share = (double)negatives / compared;
        if (compared < Enough || share <= MostShare)
            return null;
        return new Finding(
            new(
                $"Where an answer and a negative differ in how many of the question's words they hold, the negative holds more in "
                    + $"{100 * share:0.#} % of {compared} cases: to call words in common a bad sign is right so often.",
                $"在答案与负例所含问题词数不同的 {compared} 例中，{100 * share:0.#} % 是负例含得更多：把共有词语当作坏兆头，就能答对这么多。"
            ),
            new(
                $"Draw negatives at random from what the whole search finds, and only for questions whose answer it finds: "
                    + $"HardNegatives over a FusedSearch with Sampling = Random and OnlyFound = true.",
                $"请从整套检索找到的结果中随机抽取负例，且只用检索能找到答案的问题：基于 FusedSearch 的 HardNegatives，"
                    + $"设 Sampling = Random、OnlyFound = true。"
            )
        );
    }

    private static int Shared(HashSet<string> words, string passage) => TextAnalyzer.Terms(passage).Distinct().Count(words.Contains);
}
