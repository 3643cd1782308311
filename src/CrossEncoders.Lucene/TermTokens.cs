using CrossEncoders.Retrieval;
using Lucene.Net.Analysis;
using Lucene.Net.Analysis.TokenAttributes;

namespace CrossEncoders.Lucene;

/// <summary>The kit's analyzer as one of Lucene.</summary>
internal sealed class TermAnalyzer : Analyzer
{
    /// <summary>Longer terms are cut: Lucene takes 32 766 bytes at most.</summary>
    private const int LongestTerm = 8000;

    /// <summary>The terms of a text, as they are indexed.</summary>
    public static IEnumerable<string> Terms(string text) => TextAnalyzer.Terms(text).Select(Cut);

    /// <summary>The terms to look a query up by.</summary>
    public static IEnumerable<string> QueryTerms(string query) => TextAnalyzer.QueryTerms(query).Select(Cut);

    /// <inheritdoc/>
    protected override TokenStreamComponents CreateComponents(string fieldName, TextReader reader) => new(new TermTokenizer(reader));

    private static string Cut(string term) => term.Length <= LongestTerm ? term : term[..LongestTerm];

    private sealed class TermTokenizer : Tokenizer
    {
        private readonly ICharTermAttribute _term;
        private IEnumerator<string> _terms = Enumerable.Empty<string>().GetEnumerator();

        public TermTokenizer(TextReader reader)
            : base(reader) => _term = AddAttribute<ICharTermAttribute>();

        public override void Reset()
        {
            base.Reset();
            _terms = Terms(m_input.ReadToEnd()).GetEnumerator();
        }

        public override bool IncrementToken()
        {
            ClearAttributes();
            if (!_terms.MoveNext())
                return false;
            _term.Append(_terms.Current);
            return true;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _terms.Dispose();
            base.Dispose(disposing);
        }
    }
}
