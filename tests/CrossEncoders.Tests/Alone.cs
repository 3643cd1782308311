namespace CrossEncoders.Tests;

/// <summary>
/// Tests that measure the memory of the process, or need its one generator of random numbers for themselves: no other runs beside them.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
