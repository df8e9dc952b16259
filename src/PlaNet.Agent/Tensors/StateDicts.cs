namespace PlaNet.Tensors;

/// <summary>Restores named tensors into modules and optimisers: all of them or none.</summary>
public static class StateDicts
{
    private const string Remedy = "They belong to another model: use the experiment they were saved with.";

    /// <summary>Overwrites a module's parameters with given values.</summary>
    /// <param name="module">The module, on any device.</param>
    /// <param name="state">The values by parameter name.</param>
    /// <exception cref="ArgumentException">A name is missing or unknown, or a shape differs; nothing is changed.</exception>
    public static void Load(nn.Module module, IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(state);
        var own = module.state_dict();
        RequireSame(own, state, "model's weights");
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (var (name, value) in own)
        {
            value.copy_(state[name]);
        }
    }

    /// <summary>Refuses a state with other names or shapes. In libtorch some of these errors end the process.</summary>
    internal static void RequireSame(IReadOnlyDictionary<string, Tensor> own, IReadOnlyDictionary<string, Tensor> given, string what)
    {
        foreach (var (name, value) in own)
        {
            if (!given.TryGetValue(name, out var other) || !other.shape.SequenceEqual(value.shape))
            {
                var found = given.ContainsKey(name) ? $"has shape [{string.Join(", ", given[name].shape)}]" : "is missing";
                throw new ArgumentException(
                    $"In the {what}, '{name}' {found}; it must have shape [{string.Join(", ", value.shape)}]. {Remedy}");
            }
        }

        if (given.Keys.FirstOrDefault(name => !own.ContainsKey(name)) is { } unknown)
        {
            throw new ArgumentException($"The {what} contain '{unknown}', which the model does not have. {Remedy}");
        }
    }
}
