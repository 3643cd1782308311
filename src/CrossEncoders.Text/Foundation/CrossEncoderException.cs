namespace CrossEncoders;

/// <summary>Input the kit cannot work with. The message names what was expected, what was found and what to do.</summary>
public sealed class CrossEncoderException : Exception
{
    private const int Longest = 8000;
    private const int Start = 6000;

    /// <summary>Creates the error with a message for the user; of a very long one the middle is left out.</summary>
    public CrossEncoderException(string message)
        : base(Bounded(message)) { }

    /// <summary>Creates the error with a message for the user and the error below it.</summary>
    public CrossEncoderException(string message, Exception inner)
        : base(Bounded(message), inner) { }

    // What was found may be of any length; the start says what is wrong, and the end what to do.
    private static string Bounded(string message) =>
        message.Length <= Longest
            ? message
            : $"{Excerpt.Of(message, Start)} ({message.Length - Longest} characters left out) {message[^(Longest - Start)..]}";
}
