using PlaNet.Experiments;

namespace PlaNet.Models;

/// <summary>The functions behind <see cref="Activation"/>.</summary>
internal static class ActivationFunctions
{
    /// <summary>The activation of a sum, which nobody needs afterwards: ReLU overwrites it.</summary>
    /// <param name="activation">The function.</param>
    /// <param name="sum">Any shape.</param>
    /// <returns>The same shape.</returns>
    public static Tensor Of(this Activation activation, Tensor sum) => activation switch
    {
        Activation.Relu => sum.relu_(),
        Activation.Elu => sum.elu(),
        Activation.Tanh => sum.tanh(),
        Activation.Swish => sum.silu(),
        Activation.Softplus => sum.softplus(),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "There is no such activation."),
    };
}
