using PlaNet.Experiments;

namespace PlaNet.Tensors;

/// <summary>What TorchSharp lacks to say where a tensor's numbers lie and who owns them.</summary>
public static class Layouts
{
    /// <summary>
    /// The same values with the channels closest in memory, which libtorch's convolutions on the CPU are fastest with: a memory format is no
    /// more than an order of strides.
    /// </summary>
    /// <param name="tensor">[N, C, H, W].</param>
    public static Tensor ChannelsLast(this Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
    }

    /// <summary>
    /// A parameter that no dispose scope owns. TorchSharp's own constructor leaves it to the present scope, and a parameter that is freed with
    /// its scope disappears from its module without an error.
    /// </summary>
    /// <param name="values">The initial values; the parameter takes them over.</param>
    public static Parameter Parameter(Tensor values)
    {
        var parameter = new Parameter(values);
        parameter.DetachFromDisposeScope();
        return parameter;
    }

    /// <summary>The tensor as convolutions of a precision take it: itself where none is asked for, so that a model in float64 stays one.</summary>
    /// <param name="tensor">Any tensor of floating-point numbers.</param>
    /// <param name="precision">Precision of convolutions.</param>
    public static Tensor In(this Tensor tensor, Precision precision)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return precision == Precision.Bfloat16Convolutions ? tensor.to(ScalarType.BFloat16) : tensor;
    }

    /// <summary>Whether two tensors have one shape and equal elements. TorchSharp's <c>equal</c> compares element by element.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool SameAs(this Tensor left, Tensor right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        using var scope = NewDisposeScope();
        return left.shape.SequenceEqual(right.shape) && left.eq(right).all().item<bool>();
    }
}
