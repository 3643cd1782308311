namespace CrossEncoders.Files;

/// <summary>Chooses among the files of a repository.</summary>
/// <param name="all">Every file, with slashes.</param>
/// <returns>Those to fetch in this order, and a text on what is not there; null where nothing is missing.</returns>
internal delegate (List<string> Files, string? Missing) FileChoice(IReadOnlyCollection<string> all);
