using CrossEncoders.Tokenization;

namespace CrossEncoders.Tests.Tokenization;

/// <summary>Chat templates: what they write, and what of Jinja is refused by name.</summary>
public sealed class ChatTemplateTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("{{ messages | length }}", "2")]
    [InlineData("{% for m in messages %}{{ m.role }}={{ m['content'] }};{% endfor %}", "query=who?;document= nobody ;")]
    [InlineData("{% for m in messages if m.role == 'query' %}{{ m.content }}{% else %}none{% endfor %}", "who?")]
    [InlineData("{% for m in messages if m.role == 'system' %}{{ m.content }}{% else %}none{% endfor %}", "none")]
    [InlineData("{{ messages | selectattr('role', 'equalto', 'document') | map(attribute='content') | first | trim }}", "nobody")]
    [InlineData("{{ (messages | selectattr('role', 'eq', 'system') | map(attribute='content') | first) or 'default' }}", "default")]
    [InlineData("{{ messages | rejectattr(\"role\", \"==\", \"query\") | list | length }}", "1")]
    [InlineData("{% if messages[0].role != 'query' %}a{% elif messages[-1]['role'] is defined %}b{% else %}c{% endif %}", "b")]
    [InlineData("{% set a = 1 %}{% for m in messages %}{% set a = 2 %}{% endfor %}{{ a }}", "1")] // a loop has names of its own
    [InlineData("{% set n = namespace(a=1) %}{% for m in messages %}{% set n.a = n.a + 1 %}{% endfor %}{{ n.a }}", "3")]
    [InlineData("{% for m in messages %}{{ loop.index }}{{ ',' if not loop.last else '.' }}{% endfor %}", "1,2.")]
    [InlineData("{{ messages[1].content.strip() ~ '!' }}", "nobody!")]
    [InlineData("{{ messages[:1] | length }}{{ 'abcd'[1:3] }}{{ 'x' in 'xyz' and 'q' not in 'xyz' }}", "1bcTrue")]
    [InlineData("{{ missing }}{{ missing.part | default('d') }}{{ none }}", "dNone")]
    [InlineData("{{ '}}' }}{# a comment #}{{ \"it's\\n\" }}", "}}it's\n")]
    [InlineData("{%- if true -%}\n  a  \n{%- endif -%}\n\n b", "ab")]
    [InlineData("{% if true %}\n  a\n  {% endif %}\nb\n", "  a\nb")] // a tag's own line leaves nothing, nor does the last line end
    [InlineData("a {% if true %}b{% endif %} c", "a b c")]
    [InlineData("{{ 'a' if add_generation_prompt else 'b' }}{{ eos_token }}", "b<end>")]
    [InlineData("{{ messages[:1] | tojson }}", "[{\"role\": \"query\", \"content\": \"who?\"}]")] // with Python's spaces
    [InlineData("{{ [1, 1.5, 2.0, true, none] | tojson }}", "[1, 1.5, 2.0, true, null]")]
    [InlineData("{{ '水泵 <A&B> it\\'s 😀\u007f' | tojson }}", "\"水泵 <A&B> it's 😀\u007f\"")] // no more escaped than JSON must
    [InlineData("{{ '\"\\\\\\n\t\u0001' | tojson }}", "\"\\\"\\\\\\n\\t\\u0001\"")]
    [InlineData("{{ 2 * 3 + 1 }}{{ 7 // 2 }}{{ 7 % 4 }}{{ -1 }}{{ 1.5 }}", "733-11.5")]
    public void ATemplateWritesWhatJinjaWrites(string template, string expected) => Assert.Equal(expected, Render(template));

    [Theory]
    [InlineData("{% macro a() %}{% endmacro %}", "the statement 'macro' is not supported")]
    [InlineData("{{ messages | groupby('role') }}", "the filter 'groupby' is not supported")]
    [InlineData("{{ 1 is divisibleby(2) }}", "the test 'divisibleby' is not supported")]
    [InlineData("{{ strftime_now('%Y') }}", "the function 'strftime_now' is not supported")]
    [InlineData("{{ 'a'.title() }}", "'title' of a is not supported")]
    [InlineData("{{ raise_exception('no system message') }}", "it says: no system message")]
    [InlineData("{% if true %}a", "'endif' was expected before the end")]
    [InlineData("{% endfor %}", "'endfor' ends nothing")]
    [InlineData("{{ 'a' ", "a '{{' is not closed")]
    [InlineData("{{ 1 2 }}", "'2' is not expected")]
    [InlineData("{{ a ? b }}", "'? b' is not understood")]
    [InlineData("{{ [1, }}", "a name was expected at the end")]
    public void WhatIsNotDoneIsRefusedByName(string template, string complaint)
    {
        var error = Assert.Throws<CrossEncoderException>(() => Render(template));
        Assert.Contains(complaint, error.Message);
        Assert.Contains("chat template in", error.Message);
    }

    [Fact]
    public void ATemplateThatHidesAPartOfAPairIsRefused()
    {
        File.WriteAllText(
            _scratch["chat_template.jinja"],
            "{% for m in messages %}{% if m.role == 'query' %}{{ m.content }}{% endif %}{% endfor %}"
        );
        var template = ChatTemplate.Find(_scratch.Path)!;
        var error = Assert.Throws<CrossEncoderException>(() => ChatReader.Check(template, new(), _scratch.Path, ChatReader.PairRoles));
        Assert.Contains("does not show a message with the role \"document\"", error.Message);
    }

    [Theory]
    [InlineData("\"{{ 1 }}\"", "1")]
    [InlineData("[{\"name\": \"tool\", \"template\": \"t\"}, {\"name\": \"default\", \"template\": \"d\"}]", "d")]
    public void AnOlderFolderHasItsTemplateInTheTokenizersFile(string value, string expected)
    {
        File.WriteAllText(_scratch["tokenizer_config.json"], $$"""{"chat_template": {{value}}}""");
        Assert.Equal(expected, ChatTemplate.Find(_scratch.Path)!.Render([], new Dictionary<string, object?>()));
        File.Delete(_scratch["tokenizer_config.json"]);
        Assert.Null(ChatTemplate.Find(_scratch.Path));
    }

    private string Render(string template)
    {
        File.WriteAllText(_scratch["chat_template.jinja"], template);
        File.WriteAllText(_scratch["tokenizer_config.json"], """{"eos_token": "<end>"}""");
        return ChatTemplate.Find(_scratch.Path)!.Render([("query", "who?"), ("document", " nobody ")], new Dictionary<string, object?>());
    }
}
