using System.Globalization;
using System.Text;

namespace CrossEncoders.Audit;

/// <summary>One question an audit asked, and its answer.</summary>
/// <param name="Check">What was looked for.</param>
/// <param name="Between">Where, for example "train, validation".</param>
/// <param name="Compared">How many items of the second place were looked up in the first.</param>
/// <param name="Found">How many of them were found.</param>
/// <param name="Verdict">"clean", "LEAK", or "note": worth knowing, but no leak.</param>
public sealed record LeakCheck(string Check, string Between, int Compared, int Found, string Verdict);

/// <summary>A piece of evidence: one item in two places where it must not be.</summary>
/// <param name="Check">The check that found it.</param>
/// <param name="Between">The two places.</param>
/// <param name="One">The id in the first place.</param>
/// <param name="Two">The id in the second.</param>
/// <param name="Similarity">1 for the same; for near-duplicates the share of words in common (Jaccard index).</param>
/// <param name="Text">What it says, in the second place.</param>
public sealed record Leak(string Check, string Between, string One, string Two, double Similarity, string Text);

/// <summary>A part of the data that was audited.</summary>
/// <param name="Part">Its name.</param>
/// <param name="Documents">Documents in it.</param>
/// <param name="Passages">Different passages.</param>
/// <param name="Questions">Different questions.</param>
/// <param name="Hash">16 hexadecimal digits of the SHA-256 of all its texts: the certificate is about these and no others.</param>
public sealed record AuditedPart(string Part, int Documents, int Passages, int Questions, string Hash);

/// <summary>What a leak audit found. The same data gives the same certificate, letter by letter.</summary>
/// <param name="Parts">What was audited.</param>
/// <param name="Checks">What was asked, a row each.</param>
/// <param name="Leaks">The evidence of every leak; empty where all is clean.</param>
public sealed record LeakCertificate(IReadOnlyList<AuditedPart> Parts, IReadOnlyList<LeakCheck> Checks, IReadOnlyList<Leak> Leaks)
{
    private const int Listed = 10;

    /// <summary>Whether no leak was found.</summary>
    public bool IsClean => Leaks.Count == 0;

    /// <summary>This certificate, if it is clean.</summary>
    /// <exception cref="CrossEncoderException">There are leaks; the message lists them.</exception>
    public LeakCertificate Require() =>
        IsClean
            ? this
            : throw new CrossEncoderException(
                $"The data leaks: expected nothing in common between the parts, found {Leaks.Count} case(s).\n{Evidence()}\n"
                    + "Split by document, put near-duplicates on one side or drop them, "
                    + "and give generator, judge and teacher different models."
            );

    /// <summary>The certificate as text.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(IsClean ? "No leak found.\n" : $"{Leaks.Count} LEAK(S) FOUND.\n");
        foreach (var part in Parts)
            text.Append(
                $"  {part.Part}: {part.Documents} documents, {part.Passages} passages, {part.Questions} questions; content {part.Hash}\n"
            );
        foreach (var check in Checks)
            text.Append($"  [{check.Verdict}] {check.Check} ({check.Between}): {check.Found} of {check.Compared}\n");
        return text.Append(IsClean ? "" : Evidence() + "\n").ToString();
    }

    private string Evidence() =>
        string.Join(
            '\n',
            Leaks
                .Take(Listed)
                .Select(leak =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"- {leak.Check} ({leak.Between}): '{leak.One}' and '{leak.Two}', {leak.Similarity:0.00}: {Short(leak.Text)}"
                    )
                )
                .Concat(Leaks.Count > Listed ? [$"- and {Leaks.Count - Listed} more"] : Array.Empty<string>())
        );

    private static string Short(string text) => Excerpt.Of(text, 100).ReplaceLineEndings(" ");
}
