using PlaNet.Experiments;

namespace PlaNet.Catalog;

/// <summary>A change to an experiment that is tried on every task.</summary>
/// <param name="Name">Name of the change, as it stands in the experiments' names.</param>
/// <param name="Description">What is changed, in words that a task's name can follow.</param>
/// <param name="Apply">The changed experiment; its name and description are set elsewhere.</param>
public sealed record Variant(string Name, string Description, Func<Experiment, Experiment> Apply);
