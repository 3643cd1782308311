using CrossEncoders.Documents;
using CrossEncoders.Questions;
using CrossEncoders.Texts;

namespace CrossEncoders.Examples;

/// <summary>A data set in three parts.</summary>
/// <param name="Train">To learn from.</param>
/// <param name="Validation">To choose by while learning.</param>
/// <param name="Test">To measure on at the end; may be empty.</param>
public sealed record SplitDataset(QaDataset Train, QaDataset Validation, QaDataset Test);

/// <summary>Documents or examples in three parts.</summary>
/// <param name="Train">To learn from.</param>
/// <param name="Validation">To choose by while learning.</param>
/// <param name="Test">To measure on at the end; may be empty.</param>
public sealed record Split<T>(IReadOnlyList<T> Train, IReadOnlyList<T> Validation, IReadOnlyList<T> Test);

/// <summary>Splits data sets.</summary>
public static class DatasetSplit
{
    /// <summary>Why a question of a validation or test part was left out (<see cref="QaDataset.Filtered"/>).</summary>
    public const string InEarlierPart = "nearly the same in an earlier part";

    /// <summary>
    /// Splits by document: all chunks and questions of a document are on one side. Each language is split for itself, so that both sides
    /// have it where it has two documents or more. The same seed and documents give the same split. Passages and questions that say
    /// nearly the same as one in an earlier part are left out, so that <c>LeakAudit</c> finds nothing.
    /// </summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="train">The share of the documents to learn from, for example 0.8.</param>
    /// <param name="validation">The share to validate on; null for the rest.</param>
    /// <param name="seed">Seed of the shuffle.</param>
    /// <exception cref="CrossEncoderException">The shares are not valid, or there are too few documents.</exception>
    public static SplitDataset SplitByDocument(this QaDataset dataset, double train, double? validation = null, int seed = 2024)
    {
        var sides = Sides(dataset.Documents.Select(document => (document.Id, document.Language)), train, validation, seed);
        var learning = Part(dataset, id => sides[id] == 0);
        var validating = Without(Part(dataset, id => sides[id] == 1), learning);
        var test = Without(Part(dataset, id => sides[id] == 2), learning, validating);
        RequireValidation(validating.Chunks.Count, dataset.Chunks.Any(chunk => sides[chunk.DocumentId] == 1));
        return new SplitDataset(learning, validating, test);
    }

    /// <summary>
    /// The same split of documents, before any question is asked about them. Documents that say nearly the same as one in an earlier part
    /// are left out of the later one; single passages can only be compared once there are chunks.
    /// </summary>
    /// <exception cref="CrossEncoderException">The shares are not valid, or there are too few documents.</exception>
    public static Split<Document> SplitByDocument(
        this IReadOnlyList<Document> documents,
        double train,
        double? validation = null,
        int seed = 2024
    )
    {
        var sides = Sides(documents.Select(document => (document.Id, document.Language)), train, validation, seed);
        return Parts(
            documents,
            document => sides[document.Id],
            (part, earlier) => Unlike(part, earlier, document => document.Text, NearDuplicates.Alike, sameCodes: false)
        );
    }

    /// <summary>
    /// Splits examples so that all of a group and all of a query are on one side. Examples whose query or passage is nearly the same as
    /// one in an earlier part are left out of the later one.
    /// </summary>
    /// <exception cref="CrossEncoderException">The shares are not valid, or there are too few groups.</exception>
    public static Split<InputExample> SplitByGroup(
        this IReadOnlyList<InputExample> examples,
        double train,
        double? validation = null,
        int seed = 2024
    )
    {
        var groups = Groups(examples);
        var sides = Sides(groups.Values.Distinct().Select(group => (group, "")), train, validation, seed);
        var split = Parts(
            examples,
            example => sides[groups[example.Group ?? example.Query]],
            (part, earlier) =>
                Unlike(
                    Unlike(part, earlier, example => example.Query, NearDuplicates.Alike, sameCodes: true),
                    earlier,
                    example => example.Passage,
                    NearDuplicates.Alike,
                    sameCodes: false
                )
        );
        RequireValidation(split.Validation.Count, examples.Any(example => sides[groups[example.Group ?? example.Query]] == 1));
        return split;
    }

    /// <summary>
    /// Which group each group (each query, where there are no groups) is kept together with: those that share a query are one.
    /// </summary>
    private static Dictionary<string, string> Groups(IReadOnlyList<InputExample> examples)
    {
        var joined = new Dictionary<string, string>(); // a group → an earlier one, or itself
        var byQuery = new Dictionary<string, string>();
        foreach (var example in examples)
        {
            var group = example.Group ?? example.Query;
            joined.TryAdd(group, group);
            var query = PassageText.Key(example.Query);
            if (!byQuery.TryAdd(query, group))
                joined[First(group)] = First(byQuery[query]);
        }
        return joined.Keys.ToDictionary(group => group, First);

        string First(string group)
        {
            while (joined[group] != group)
                group = joined[group] = joined[joined[group]];
            return group;
        }
    }

    private static Split<T> Parts<T>(IReadOnlyList<T> items, Func<T, int> side, Func<IReadOnlyList<T>, IReadOnlyList<T>, List<T>> apart)
    {
        var sides = items.ToLookup(side);
        var train = sides[0].ToList();
        var validation = apart([.. sides[1]], train);
        return new(train, validation, apart([.. sides[2]], [.. train, .. validation]));
    }

    private static void RequireValidation(int left, bool wasSetAside)
    {
        if (left == 0 && wasSetAside)
            throw new CrossEncoderException(
                "Nothing is left to validate on: all that was set aside is nearly the same as something to train on. "
                    + "Remove copies of documents and passages, or give each question its own group."
            );
    }

    /// <summary>The side of each id: 0 to train, 1 to validate, 2 to test.</summary>
    private static Dictionary<string, int> Sides(IEnumerable<(string Id, string Kind)> items, double train, double? validation, int seed)
    {
        var share = validation ?? 1 - train;
        if (!(train > 0) || !(share >= 0) || train + share > 1 + 1e-9)
            throw new CrossEncoderException($"A split needs shares of 0 to 1 with a sum of at most 1, found {train} and {share}.");
        var sides = new Dictionary<string, int>();
        var random = new Random(seed);
        foreach (
            var kind in items
                .OrderBy(item => item.Id, StringComparer.Ordinal)
                .GroupBy(item => item.Kind)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
        )
        {
            var ids = kind.Select(item => item.Id).ToArray();
            random.Shuffle(ids);
            var n = ids.Length;
            // At least one for each side that is wanted, as far as they go; training comes first.
            var test = Math.Min(Count(n, 1 - train - share), Math.Max(0, n - 2));
            var validating = Math.Min(Count(n, share), Math.Max(0, n - 1 - test));
            for (var i = 0; i < n; i++)
                sides[ids[i]] =
                    i < test ? 2
                    : i < test + validating ? 1
                    : 0;
        }
        if (!sides.ContainsValue(0) || (share > 0 && !sides.ContainsValue(1)))
            throw new CrossEncoderException(
                $"{sides.Count} document(s) or group(s) cannot be split into training and validation; "
                    + "two or more (of a language) are needed."
            );
        return sides;
    }

    private static int Count(int items, double share) =>
        share < 1e-9 ? 0 : Math.Max(1, (int)Math.Round(items * share, MidpointRounding.AwayFromZero));

    /// <summary>A part without what earlier parts have: their passages and questions, the same or nearly so.</summary>
    private static QaDataset Without(QaDataset part, params IReadOnlyList<QaDataset> earlier)
    {
        var chunks = Unlike(
            part.Chunks,
            earlier.SelectMany(other => other.Chunks),
            chunk => chunk.Passage,
            NearDuplicates.Alike,
            sameCodes: false
        );
        var ids = chunks.Select(chunk => chunk.Id).ToHashSet();
        var questions = Unlike(
            [.. part.Questions.Where(question => ids.Contains(question.ChunkId))],
            earlier.SelectMany(other => other.Questions),
            question => question.Text,
            NearDuplicates.Alike,
            sameCodes: true
        );
        var gone = part
            .Chunks.Where(chunk => !ids.Contains(chunk.Id))
            .Select(chunk => chunk.DocumentId)
            .Except(chunks.Select(chunk => chunk.DocumentId))
            .ToHashSet();
        return new QaDataset([.. part.Documents.Where(document => !gone.Contains(document.Id))], chunks, questions)
        {
            Failed = [.. part.Failed.Where(failed => ids.Contains(failed.ChunkId))],
            Filtered = new Dictionary<string, int> { [InEarlierPart] = part.Questions.Count - questions.Count },
        };
    }

    private static List<T> Unlike<T>(
        IReadOnlyList<T> items,
        IEnumerable<T> earlier,
        Func<T, string> text,
        double similarity,
        bool sameCodes
    )
    {
        string[] known = [.. earlier.Select(text)];
        var same = known.Select(one => Normal.Of(one)).ToHashSet();
        var near = NearDuplicates.Between(known, [.. items.Select(text)], similarity, sameCodes).Select(pair => pair.Two).ToHashSet();
        return [.. items.Where((item, i) => !near.Contains(i) && !same.Contains(Normal.Of(text(item))))];
    }

    private static QaDataset Part(QaDataset dataset, Func<string, bool> isIn)
    {
        var chunks = dataset.Chunks.Where(chunk => isIn(chunk.DocumentId)).ToList();
        var ids = chunks.Select(chunk => chunk.Id).ToHashSet();
        return new QaDataset(
            [.. dataset.Documents.Where(document => isIn(document.Id))],
            chunks,
            [.. dataset.Questions.Where(question => ids.Contains(question.ChunkId))]
        )
        {
            Failed = [.. dataset.Failed.Where(failed => ids.Contains(failed.ChunkId))],
        };
    }
}
