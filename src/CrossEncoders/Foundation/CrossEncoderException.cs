namespace CrossEncoders;

/// <summary>Input the kit cannot work with. The message names what was expected, what was found and what to do.</summary>
public sealed class CrossEncoderException : Exception
{
    /// <summary>Creates the error with a message for the user.</summary>
    public CrossEncoderException(string message)
        : base(message) { }

    /// <summary>Creates the error with a message for the user and the error below it.</summary>
    public CrossEncoderException(string message, Exception inner)
        : base(message, inner) { }
}
