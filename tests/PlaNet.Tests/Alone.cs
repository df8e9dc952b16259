namespace PlaNet.Tests;

/// <summary>Tests that measure the whole process, so no other test may run at the same time.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
