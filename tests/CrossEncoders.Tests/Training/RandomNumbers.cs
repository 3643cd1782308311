namespace CrossEncoders.Tests.Training;

/// <summary>
/// Tests that repeat a training with dropout. The backend has one random number generator for the whole process, and every model that is
/// loaded draws from it, so nothing else may run beside them.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class RandomNumbers
{
    public const string Name = "random numbers";
}
