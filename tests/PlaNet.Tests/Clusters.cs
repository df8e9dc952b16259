namespace PlaNet.Tests;

/// <summary>
/// Tests with the processes of a whole cluster. They wait more than they compute, so other tests run meanwhile; but two such clusters at a
/// time would keep each other waiting.
/// </summary>
[CollectionDefinition(nameof(Clusters))]
public sealed class Clusters;
