using System.Globalization;

namespace CrossEncoders.LanguageModels;

/// <summary>Several endpoints in the settings of one: parted by semicolons, an address followed by its weight where it is not 1.</summary>
internal static class FleetSettings
{
    /// <summary>The fleet that the settings name.</summary>
    /// <param name="urls">Addresses with their weights.</param>
    /// <param name="keys">One key for all, or one for each.</param>
    /// <param name="models">One model for all, or one for each.</param>
    /// <exception cref="CrossEncoderException">An address or a weight is none, or the numbers of keys or models do not fit.</exception>
    public static ModelFleet Fleet(string urls, string keys, string models)
    {
        var places = Parts(urls);
        var (key, model) = (Each("OPENAI_API_KEY", keys, places.Length), Each("OPENAI_MODEL", models, places.Length));
        return new(
            places.Select(
                (place, i) =>
                {
                    var cells = place.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
                    var weight = 1.0;
                    if (
                        cells.Length > 2
                        || (cells.Length == 2 && !double.TryParse(cells[1], NumberStyles.Float, CultureInfo.InvariantCulture, out weight))
                    )
                        throw new CrossEncoderException(
                            $"OPENAI_BASE_URL names '{Secrets.Without(place)}'; expected an address, or an address, a blank and a weight, "
                                + "and several parted by semicolons: http://gpu1:8000/v1 2; http://gpu2:8000/v1"
                        );
                    return new FleetEndpoint(LanguageModel.Endpoint(cells[0], key[i], model[i]), Secrets.Without(cells[0]), weight);
                }
            )
        );
    }

    private static string[] Each(string name, string value, int count)
    {
        var parts = Parts(value);
        return parts.Length == count ? parts
            : parts.Length == 1 ? [.. Enumerable.Repeat(parts[0], count)]
            : throw new CrossEncoderException($"{name} has {parts.Length} parts for {count} addresses; expected one, or one for each.");
    }

    private static string[] Parts(string value) => value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
