using PlaNet.Torch.Interop;

namespace PlaNet.Torch.Modules;

/// <summary>
/// A tensor that a module learns. It belongs to its module and to no dispose scope. Shares the memory of the tensor it is made of.
/// </summary>
public sealed class Parameter : torch.Tensor
{
    /// <summary>Makes a parameter of values.</summary>
    /// <param name="data">The values; its history, if any, is left behind.</param>
    /// <param name="requires_grad">Whether gradients are kept for it.</param>
    public Parameter(torch.Tensor data, bool requires_grad = true)
        : base(Leaf(data)) => this.requires_grad = requires_grad;

    private static nint Leaf(torch.Tensor data)
    {
        ArgumentNullException.ThrowIfNull(data);
        using var detached = data.detach();
        return Native.planet_torch_alias(detached.Handle);
    }
}
