namespace PlaNet.Tensors;

/// <summary>Named tensors that are put back into modules and optimisers: all of them or none.</summary>
public static class StateDicts
{
    /// <summary>Overwrites a module's parameters with given values.</summary>
    /// <param name="module">The module, on any device.</param>
    /// <param name="state">Its parameters by name.</param>
    /// <exception cref="ArgumentException">A name is missing or unknown, or a shape is another; nothing is changed then.</exception>
    public static void Load(nn.Module module, IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(state);
        var own = module.state_dict();
        RequireSame(own, state, "model's weights");
        using var scope = NewDisposeScope();
        using var off = no_grad();
        foreach (var (name, value) in own)
        {
            value.copy_(state[name]);
        }
    }

    /// <summary>Refuses a state with other names or shapes, before libtorch sees it: there some of these errors end the process.</summary>
    internal static void RequireSame(IReadOnlyDictionary<string, Tensor> own, IReadOnlyDictionary<string, Tensor> given, string what)
    {
        foreach (var (name, value) in own)
        {
            if (!given.TryGetValue(name, out var other) || !other.shape.SequenceEqual(value.shape))
            {
                var found = given.ContainsKey(name) ? $"one of shape [{string.Join(", ", given[name].shape)}]" : "none";
                throw new ArgumentException(
                    $"The {what} should have '{name}' of shape [{string.Join(", ", value.shape)}] but there is {found}: they belong to another model.", nameof(given));
            }
        }

        if (given.Keys.FirstOrDefault(name => !own.ContainsKey(name)) is { } unknown)
        {
            throw new ArgumentException($"The {what} hold '{unknown}', which the model does not have: they belong to another model.", nameof(given));
        }
    }
}
