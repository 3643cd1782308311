namespace CrossEncoders.Hub;

/// <summary>A failure that may pass: the network, an overloaded hub, a broken transfer. Never leaves this folder.</summary>
internal sealed class HubFailure(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The pause the hub asked for.</summary>
    public TimeSpan? Wait { get; init; }

    /// <summary>Whether more of the file is here than ever before.</summary>
    public bool Advanced { get; init; }

    /// <summary>Whether another attempt is of no use, such as for a host name that does not exist.</summary>
    public bool Lasting { get; init; }
}
