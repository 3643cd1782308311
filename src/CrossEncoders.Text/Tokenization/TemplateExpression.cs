using static CrossEncoders.Tokenization.TemplateValues;

namespace CrossEncoders.Tokenization;

/// <summary>An expression of a chat template: names to its value.</summary>
internal delegate object? TemplateExpression(TemplateScope scope);

/// <summary>The names that are known at a place of a template.</summary>
internal sealed class TemplateScope(TemplateScope? outer)
{
    private readonly Dictionary<string, object?> _names = [];

    public object? this[string name]
    {
        get =>
            _names.TryGetValue(name, out var value) ? value
            : outer is null ? Undefined
            : outer[name];
        set => _names[name] = value;
    }
}
