using System.Collections.ObjectModel;

namespace CrossEncoders.Audit;

/// <summary>Test questions that know where they come from.</summary>
public sealed class TestQuestionSet : ReadOnlyCollection<TestQuestion>
{
    internal TestQuestionSet(IReadOnlyList<TestQuestion> questions, string? file, string origin)
        : base([.. questions])
    {
        File = file;
        Description = file is null ? origin : $"{Count} questions from {Path.GetFileName(file)}, {origin}";
    }

    /// <summary>The full path of the file they were read from; null where there is none.</summary>
    public string? File { get; }

    /// <summary>How many they are, where they come from, and what that means for the figures: a sentence to show beside them.</summary>
    public string Description { get; }
}
