using CrossEncoders.Documents;

namespace CrossEncoders.Chunking;

/// <summary>A strategy of cutting: a document to pieces, pieces to chunks.</summary>
internal interface ICutter
{
    /// <summary>The pieces of a document, in order, tiling it.</summary>
    List<Piece> Pieces(Document document);

    /// <summary>Which pieces become a chunk, in order.</summary>
    IEnumerable<Stretch> Pack(List<Piece> pieces);
}
