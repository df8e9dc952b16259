using PlaNet.Experiments;

namespace PlaNet.Tensors;

/// <summary>Memory layout, ownership and comparison of tensors, where TorchSharp has no suitable function.</summary>
public static class Layouts
{
    /// <summary>
    /// The same values in channels-last memory, for which libtorch's CPU convolutions are fastest. The shape stays; only the order of the
    /// strides changes.
    /// </summary>
    /// <param name="tensor">[N, C, H, W].</param>
    public static Tensor ChannelsLast(this Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
    }

    /// <summary>
    /// A parameter that no dispose scope owns. TorchSharp's constructor attaches it to the current scope, and a parameter disposed with its
    /// scope disappears from its module without an error.
    /// </summary>
    /// <param name="values">The initial values; the parameter takes ownership.</param>
    public static Parameter Parameter(Tensor values)
    {
        var parameter = new Parameter(values);
        parameter.DetachFromDisposeScope();
        return parameter;
    }

    /// <summary>The tensor in the type of a precision's convolutions. Float32 keeps the type, so float64 models stay in float64.</summary>
    /// <param name="tensor">A floating-point tensor of any shape.</param>
    /// <param name="precision">Precision of convolutions.</param>
    public static Tensor In(this Tensor tensor, Precision precision)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return precision == Precision.Bfloat16Convolutions ? tensor.to(ScalarType.BFloat16) : tensor;
    }

    /// <summary>Whether two tensors have the same shape and equal elements. TorchSharp's <c>equal</c> returns a tensor instead.</summary>
    /// <param name="left">Any shape.</param>
    /// <param name="right">Any shape.</param>
    public static bool SameAs(this Tensor left, Tensor right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        using var scope = NewDisposeScope();
        return left.shape.SequenceEqual(right.shape) && left.eq(right).all().item<bool>();
    }
}
