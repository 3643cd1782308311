using CrossEncoders.Retrieval;

namespace CrossEncoders.Tests.Retrieval;

public class TextAnalyzerTests
{
    [Theory]
    [InlineData("The Domes' MOTORS are stuck.", "dome motor stuck")]
    [InlineData("圆顶电机", "圆顶 顶电 电机")]
    [InlineData("重启E42警报,请", "重启 e42 警报 请")]
    [InlineData("错误Ｅ４２", "错误 e42")]
    [InlineData("a 7 of 12", "12")]
    [InlineData("把A门移到3号", "把 =a 门移 移到 =3 号")]
    [InlineData("Aries重启", "=aries 重启")]
    [InlineData("the domes of 山 and valleys", "dome 山 valley")]
    [InlineData("𠀀𠀁𠀂", "𠀀𠀁 𠀁𠀂")]
    [InlineData("ドーム停止", "ドー ーム ム停 停止")]
    [InlineData("", "")]
    public void MixesWordsAndCharacterPairs(string text, string terms) =>
        Assert.Equal(terms.Split(' ', StringSplitOptions.RemoveEmptyEntries), TextAnalyzer.Terms(text));

    [Theory]
    [InlineData("the running Oracle", "run =running oracl =oracle")]
    [InlineData("如何安装 Oracle", "如何 何安 安装 =oracle")]
    [InlineData("圆顶 the E42", "圆顶 =the e42")]
    [InlineData("dome", "dome")]
    public void AnEnglishQueryLooksForItsWordsInChinesePassagesToo(string query, string terms) =>
        Assert.Equal(terms.Split(' '), TextAnalyzer.QueryTerms(query));

    // Worked examples of the description of the algorithm, and its exceptions.
    [Theory]
    [InlineData(
        "consign consigned consigning consignment consist consistency consolation",
        "consign consign consign consign consist consist consol"
    )]
    [InlineData("knack knackeries knavish knees knife knitted knots knowing", "knack knackeri knavish knee knife knit knot know")]
    [InlineData(
        "hopping hoping hoped hop adding egging feed agreed proceeding succeed",
        "hop hope hope hop add egg feed agre proceed succeed"
    )]
    [InlineData(
        "dying lying skies news inning early only generous general generate",
        "die lie sky news inning earli onli generous general generat"
    )]
    [InlineData("happy cry by say enjoyed boys relational rationalization geologist", "happi cri by say enjoy boy relat ration geolog")]
    [InlineData(
        "gas this kiwis ties cries caresses activities adoption universal emergency",
        "gas this kiwi tie cri caress activ adopt universal emergenc"
    )]
    [InlineData("internal international interval interfering interesting", "internal internat interval interfer interest")]
    [InlineData("be is oed past pasted bed tee ll", "be is o past paste bed tee ll")]
    public void StemsAsSnowballDoes(string words, string stems) =>
        Assert.Equal(stems, string.Join(' ', words.Split(' ').Select(EnglishStemmer.Stem)));
}
