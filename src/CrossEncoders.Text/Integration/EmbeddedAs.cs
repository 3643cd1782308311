namespace CrossEncoders.Integration;

/// <summary>What a text is to a bi-encoder, which decides what stands in front of it.</summary>
public enum EmbeddedAs
{
    /// <summary>What is found.</summary>
    Passage,

    /// <summary>What is asked.</summary>
    Query,
}
