using System.Globalization;

namespace CrossEncoders;

/// <summary>The pause that a server asks for with the header of this name.</summary>
internal static class RetryAfter
{
    /// <summary>The header's name.</summary>
    public const string Header = "Retry-After";

    /// <summary>How long its value, seconds or a date, is from now: negative for a date that has passed, null for neither.</summary>
    public static TimeSpan? Of(string? value) =>
        Number(value) is { } seconds ? TimeSpan.FromSeconds(seconds)
        : DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out var time) ? time - DateTimeOffset.UtcNow
        : null;

    /// <summary>A number that is not negative; a huge one counts as a million, "NaN" is none.</summary>
    public static double? Number(string? value) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= 0
            ? Math.Min(number, 1e6)
            : null;
}
