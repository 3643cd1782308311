// What Lucene itself scores by Elasticsearch's similarity over made-up documents, for ElasticStandInTests. Prints document and score of
// the first five of each search; those of equal score by their number, as the adapter asks. Run last with Lucene 8.7.0.
//   apt-get install liblucene8-java
//   java -cp '/usr/share/java/*' tests/servers/LuceneScores.java
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.document.*;
import org.apache.lucene.index.*;
import org.apache.lucene.search.*;
import org.apache.lucene.search.similarity.LegacyBM25Similarity;
import org.apache.lucene.store.ByteBuffersDirectory;

public class LuceneScores {
    public static void main(String[] none) throws Exception {
        var similarity = new LegacyBM25Similarity(1.2f, 0.75f);
        var folder = new ByteBuffersDirectory();
        var settings = new IndexWriterConfig(new WhitespaceAnalyzer()).setSimilarity(similarity);
        try (var writer = new IndexWriter(folder, settings)) {
            for (int i = 0; i < 300; i++) {
                var terms = new StringBuilder();
                for (int j = 0; j < i * i % 211; j++) terms.append("w").append((i * 7 + j * j) % 53).append(' '); // the first has none
                var document = new Document();
                document.add(new TextField("terms", terms.toString(), Field.Store.NO));
                writer.addDocument(document);
            }
            writer.forceMerge(1);
        }
        try (var reader = DirectoryReader.open(folder)) {
            var searcher = new IndexSearcher(reader);
            searcher.setSimilarity(similarity);
            for (var words : new String[] {"w3", "w1 w2 w40", "w5 w5 w9 w5", "w11 none w0 w7 w52 w33"}) {
                var query = new BooleanQuery.Builder();
                for (var word : words.split(" ")) query.add(new TermQuery(new Term("terms", word)), BooleanClause.Occur.SHOULD);
                var line = new StringBuilder(words + ":");
                for (var hit : searcher.search(query.build(), 5).scoreDocs) line.append(" ").append(hit.doc).append("=").append(hit.score);
                System.out.println(line);
            }
        }
    }
}
