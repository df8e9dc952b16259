using PlaNet.Experiments;

namespace PlaNet.Models;

/// <summary>How the numbers of state vectors enter the model (<see cref="ModelOptions.StateTransform"/>).</summary>
public static class StateTransforms
{
    /// <summary>Transforms numbers.</summary>
    /// <param name="transform">The transform.</param>
    /// <param name="states">Any shape.</param>
    /// <returns>The same shape.</returns>
    public static Tensor Of(this StateTransform transform, Tensor states)
    {
        ArgumentNullException.ThrowIfNull(states);
        return transform switch
        {
            StateTransform.Symlog => states.sign() * states.abs().log1p(),
            StateTransform.Plain => states,
            _ => throw new ArgumentOutOfRangeException(nameof(transform), transform, "There is no such transform: use symlog or plain."),
        };
    }
}
