using System.Globalization;
using System.Reflection;
using CrossEncoders.Retrieval;

namespace CrossEncoders.Audit;

/// <summary>The properties of options records as entries of a card.</summary>
internal static class CardSettings
{
    private const int Longest = 100;

    /// <summary>Each public property that is set, as "Type.Property" and its value; options in options likewise.</summary>
    public static IEnumerable<CardEntry> Of(object settings)
    {
        var type = settings.GetType();
        foreach (
            var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(property => property.GetIndexParameters().Length == 0)
        )
        {
            var value = property.GetValue(settings);
            if (Text(value) is { } text)
                yield return new CardEntry($"{type.Name}.{property.Name}", Excerpt.Of(text, Longest));
            else if (value is not null && IsOptions(value.GetType()))
                foreach (var entry in Of(value))
                    yield return entry;
        }
    }

    private static string? Text(object? value) =>
        value switch
        {
            null => null,
            // A card travels; where a file lay does not matter.
            string text => Path.IsPathRooted(text) ? Path.GetFileName(text) : text.ReplaceLineEndings(" "),
            bool or Enum => value.ToString(),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            IRetriever retriever => retriever.Name,
            IPassageScorer scorer => scorer.Name,
            ITextEmbedder embedder => embedder.Name,
            IEnumerable<string> texts => string.Join(", ", texts),
            IEnumerable<IRetriever> retrievers => string.Join(", ", retrievers.Select(retriever => retriever.Name)) is { Length: > 0 } names
                ? names
                : null,
            System.Collections.IEnumerable items => $"{items.Cast<object>().Count()}",
            _ => null,
        };

    // By convention options end in Options; what else an option may hold, such as a judge, is a service.
    private static bool IsOptions(Type type) =>
        type.Namespace?.Split('.')[0] == nameof(CrossEncoders) && type.Name.EndsWith("Options", StringComparison.Ordinal);
}
