using PlaNet.Experiments;
using PlaNet.Tensors;

namespace PlaNet.Models;

/// <summary>The functions behind <see cref="Activation"/>.</summary>
internal static class ActivationFunctions
{
    /// <summary>Applies an activation. ReLU works in place, so the caller must not use the argument afterwards.</summary>
    /// <param name="activation">The function.</param>
    /// <param name="sum">The output of a layer, any shape.</param>
    /// <returns>The same shape.</returns>
    public static Tensor Of(this Activation activation, Tensor sum) => activation switch
    {
        Activation.Relu => sum.relu_(),
        Activation.Elu => sum.elu(Scalars.Of(1.0), Scalars.Of(1.0), Scalars.Of(1.0)),
        Activation.Tanh => sum.tanh(),
        Activation.Swish => sum.silu(),
        Activation.Softplus => sum.Softplus(),
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "unknown activation: add it to this switch."),
    };
}
