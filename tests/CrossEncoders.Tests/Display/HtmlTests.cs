using System.Text.Json;
using CrossEncoders.Display;

namespace CrossEncoders.Tests.Display;

public sealed class HtmlTests
{
    [Fact]
    public void MarkupIsEscapedAndChineseStays() =>
        Assert.Equal("&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt; &amp; 中文", Html.Encode("<b a=\"1\" c='2'>\u0007& 中文"));

    [Fact]
    public void JsonInAScriptCannotEndItAndMeansTheSame()
    {
        var text = "</script><!-- \u2028 \u2029 & \"中文\"";
        var json = Html.ScriptJson(
            JsonSerializer.Serialize(
                text,
                new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
            )
        );

        Assert.DoesNotContain('<', json);
        Assert.DoesNotContain('\u2028', json);
        Assert.DoesNotContain('\u2029', json);
        Assert.Equal(text, JsonSerializer.Deserialize<string>(json));
    }

    [Theory]
    [InlineData("short", 10, "short")]
    [InlineData("exactly_10", 10, "exactly_10")]
    [InlineData("more than ten", 10, "more than…")]
    [InlineData("望远镜圆顶卡住", 10, "望远镜圆…")]
    [InlineData("abcdefgh👩‍🚀🚀", 10, "abcdefgh…")]
    public void ClippingCountsColumnsAndKeepsCharactersWhole(string text, int width, string expected) =>
        Assert.Equal(expected, Html.Clip(text, width));
}
