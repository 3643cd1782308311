using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using static CrossEncoders.Tokenization.TemplateValues;

namespace CrossEncoders.Tokenization;

/// <summary>
/// The chat template of a folder, in Jinja as far as such templates use it: messages by role to the text that the model reads. What it
/// uses beyond that is refused by name.
/// </summary>
internal sealed class ChatTemplate
{
    /// <summary>The file of its own that a template lies in; formerly it was a key of tokenizer_config.json.</summary>
    public const string FileName = "chat_template.jinja";

    private static readonly string[] SpecialTokens = ["bos_token", "eos_token", "pad_token", "unk_token", "sep_token", "cls_token"];
    private readonly Action<TemplateScope, StringBuilder> _write;
    private readonly Dictionary<string, object?> _variables = [];
    private readonly string _source;

    /// <summary>Reads a template.</summary>
    /// <param name="text">The template.</param>
    /// <param name="source">Its file, for messages.</param>
    /// <exception cref="CrossEncoderException">It is broken, or uses what is not supported.</exception>
    public ChatTemplate(string text, string source)
    {
        _source = source;
        try
        {
            var pieces = new Queue<(TemplatePiece, string)>(TemplateTokens.Pieces(text));
            _write = TemplateStatements.Block(pieces, out var end);
            if (end is not null)
                throw new CrossEncoderException($"'{end}' ends nothing");
        }
        catch (CrossEncoderException error)
        {
            throw NotSupported(error);
        }
    }

    /// <summary>The template of a folder; null where it has none.</summary>
    /// <exception cref="CrossEncoderException">It is broken, or uses what is not supported.</exception>
    public static ChatTemplate? Find(string folder)
    {
        var files = new TokenizerFiles(folder);
        var config = Json(folder, "tokenizer_config.json");
        var path = Path.Combine(folder, FileName);
        var text =
            File.Exists(path) ? File.ReadAllText(path)
            : config?["chat_template"] is JsonArray named
                ? (named.OfType<JsonObject>().FirstOrDefault(each => each["name"]?.ToString() == "default")?["template"])?.ToString()
            : (Json(folder, "chat_template.json")?["chat_template"] ?? config?["chat_template"])?.ToString();
        if (text is null)
            return null;
        var template = new ChatTemplate(text, File.Exists(path) ? path : Path.Combine(folder, "tokenizer_config.json"));
        var settings = new TokenizerConfig(files);
        foreach (var name in SpecialTokens)
        {
            if (settings.Text(name) is { } token)
                template._variables[name] = token;
        }

        return template;
    }

    /// <summary>The text of messages.</summary>
    /// <param name="messages">Roles and contents.</param>
    /// <param name="variables">What else the template may ask for.</param>
    /// <exception cref="CrossEncoderException">The template refuses them, or does with them what is not supported.</exception>
    public string Render(IEnumerable<(string Role, string Content)> messages, IReadOnlyDictionary<string, object?> variables)
    {
        var scope = new TemplateScope(null);
        foreach (var (name, value) in _variables.Concat(variables))
            scope[name] = value;
        scope["messages"] = messages
            .Select(message => (object?)new Dictionary<string, object?> { ["role"] = message.Role, ["content"] = message.Content })
            .ToList();
        scope["add_generation_prompt"] = scope["add_generation_prompt"] == Undefined ? false : scope["add_generation_prompt"];
        var text = new StringBuilder();
        try
        {
            _write(new(scope), text);
        }
        catch (Exception error) when (error is CrossEncoderException or InvalidCastException or ArgumentException or FormatException)
        {
            throw NotSupported(error);
        }

        return text.ToString();
    }

    private CrossEncoderException NotSupported(Exception error) =>
        new(
            $"The chat template in {_source} cannot be used: {error.Message.TrimEnd('.')}. Simplify the template, or choose another model.",
            error
        );

    private static JsonObject? Json(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        try
        {
            return File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path)) as JsonObject : null;
        }
        catch (JsonException error)
        {
            throw new CrossEncoderException($"{path} cannot be read: {error.Message.TrimEnd('.')}. Fetch the file again.", error);
        }
    }
}
