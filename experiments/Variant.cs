using PlaNet.Experiments;

namespace PlaNet.Catalog;

/// <summary>A named change to an experiment, applied to every task.</summary>
/// <param name="Name">Part of the experiments' names.</param>
/// <param name="Description">The change, in words that a task's name can follow.</param>
/// <param name="Apply">Returns the changed experiment; the caller sets its name and description.</param>
public sealed record Variant(string Name, string Description, Func<Experiment, Experiment> Apply);
