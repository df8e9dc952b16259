using PlaNet.Experiments;

namespace PlaNet.Catalog;

/// <summary>
/// One experiment for every variant on every task, named <c>size_variant_task</c>, such as <c>cpu_stochastic_cheetah_run</c>.
/// </summary>
/// <param name="size">Name of the size, such as cpu.</param>
/// <param name="description">Purpose of the size, in words that can follow a comma.</param>
/// <param name="start">The experiment that the variants change; its task is replaced.</param>
/// <param name="variants">Changes to try on every task.</param>
public sealed class ExperimentGrid(string size, string description, Experiment start, IReadOnlyList<Variant> variants)
{
    /// <summary>Name of the size: the first part of the experiments' names.</summary>
    public string Size { get; } = size;

    /// <summary>Purpose of the size.</summary>
    public string Description { get; } = description;

    /// <summary>The variants.</summary>
    public IReadOnlyList<Variant> Variants { get; } = variants;

    /// <summary>The experiments, ordered by variant, then by task.</summary>
    public IReadOnlyList<Experiment> Experiments { get; } =
    [
        .. from variant in variants
           from task in Suite.Tasks
           select variant.Apply(task.In(start)) with
           {
               Name = $"{size}_{variant.Name}_{task.Name}",
               Description = $"{variant.Description}; {task.Name}, {size} size",
           },
    ];
}
