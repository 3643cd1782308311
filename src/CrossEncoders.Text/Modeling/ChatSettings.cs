using System.Text.Json;

namespace CrossEncoders.Modeling;

/// <summary>How messages become text: what <c>processing_kwargs</c> says of the chat template.</summary>
internal sealed record ChatSettings
{
    /// <summary>Whether a text that is cut keeps the template's closing tokens.</summary>
    public bool KeepsEnding { get; private init; } = true;

    /// <summary>What the template may ask for besides the messages.</summary>
    public IReadOnlyDictionary<string, object?> Variables { get; private init; } = new Dictionary<string, object?>();

    /// <summary>The same with one more setting.</summary>
    /// <exception cref="CrossEncoderException">It is a list or an object, which are not given to a template.</exception>
    public ChatSettings With(string key, JsonElement value, string path) =>
        (key, value.ValueKind) switch
        {
            ("padding" or "return_tensors", _) => this, // change no score
            ("restore_suffix", JsonValueKind.True or JsonValueKind.False) => this with { KeepsEnding = value.GetBoolean() },
            (_, JsonValueKind.True or JsonValueKind.False) => WithVariable(key, value.GetBoolean()),
            (_, JsonValueKind.String) => WithVariable(key, value.GetString()),
            (_, JsonValueKind.Number) when value.TryGetInt64(out var number) => WithVariable(key, number),
            _ => throw new CrossEncoderException(
                $"{path}: processing_kwargs sets chat_template.{key} to {value.GetRawText()}, which is not supported; expected a text, a "
                    + "whole number, true or false."
            ),
        };

    private ChatSettings WithVariable(string key, object? value) =>
        this with
        {
            Variables = new Dictionary<string, object?>(Variables) { [key] = value },
        };
}
