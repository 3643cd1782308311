namespace CrossEncoders.LanguageModels;

/// <summary>A call of the chain got no answer of use. Its message is the reason, for a report; other calls may fare better.</summary>
/// <param name="reason">What went wrong the last time.</param>
/// <param name="cause">The error; null where a model did answer, or was not asked.</param>
/// <param name="isExhausted">Whether the call might still have worked, but all attempts were used up.</param>
internal sealed class UnansweredException(string reason, Exception? cause = null, bool isExhausted = false) : Exception(reason, cause)
{
    /// <summary>Whether every attempt ended without an answer of any kind, as from an endpoint that is gone.</summary>
    public bool MayBeGone => isExhausted && InnerException is not null;
}
