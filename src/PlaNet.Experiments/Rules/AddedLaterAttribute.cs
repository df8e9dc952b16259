namespace PlaNet.Experiments.Rules;

/// <summary>
/// Marks an option that earlier versions did not have and whose default is what they did. <see cref="ExperimentHash"/> leaves it out at
/// its default, so that the runs and results of those versions keep their hash.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AddedLaterAttribute : Attribute;
