namespace CrossEncoders.Retrieval;

/// <summary>What every index demands of its passages.</summary>
internal static class PassageList
{
    /// <summary>The passages as an array, or an error where there is none or an id comes twice.</summary>
    public static Passage[] Checked(IEnumerable<Passage> passages)
    {
        var array = passages.ToArray();
        if (array.Length == 0)
            throw new CrossEncoderException(
                "A search index needs at least one passage, but the collection is empty. Check the documents it was made of."
            );
        var ids = new HashSet<string>();
        foreach (var passage in array)
            if (!ids.Add(passage.Id))
                throw new CrossEncoderException(
                    $"Passage ids must be unique, but '{passage.Id}' comes more than once. "
                        + "Give each passage its own id, for example document#number."
                );
        return array;
    }
}
