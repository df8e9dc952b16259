using PlaNet.Tensors;

namespace PlaNet.Objectives;

/// <summary>
/// The squared error of every image as one operator, which keeps only the difference: images take most of the memory of an update. Its two
/// passes take half the time of autograd's own operators (docs/performance.md).
/// </summary>
internal sealed class SquaredErrors : autograd.SingleTensorFunction<SquaredErrors>
{
    /// <inheritdoc/>
    public override string Name => nameof(SquaredErrors);

    /// <summary>Sums the squared differences over channels, height and width.</summary>
    /// <param name="ctx">Keeps the difference.</param>
    /// <param name="vars">Images, which get no gradient, and their predicted means, both [batch, time, channels, height, width].</param>
    /// <returns>[batch, time].</returns>
    public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
    {
        var difference = (Tensor)vars[1] - (Tensor)vars[0];
        ctx.save_for_backward([difference]);
        return linalg.vector_norm(difference, 2, [2L, 3L, 4L]).Squared();
    }

    /// <summary>The gradient to the means.</summary>
    /// <param name="ctx">Holds the difference.</param>
    /// <param name="grad_output">[batch, time].</param>
    public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
    {
        var scale = (grad_output * Scalars.Of(2)).unsqueeze(-1).unsqueeze(-1).unsqueeze(-1);
        return [null!, ctx.get_saved_variables()[0] * scale];
    }
}
