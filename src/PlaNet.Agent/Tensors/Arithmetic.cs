using System.Runtime.CompilerServices;

namespace PlaNet.Tensors;

/// <summary>
/// Operations for which TorchSharp makes numbers of its own, which garbage collection may free during the call (docs/torch.md): its +
/// scales by 1 what it adds, and its square is a power of 2. Here these numbers live as long as the process
/// (<see cref="Scalars"/>). Same bits.
/// </summary>
internal static class Arithmetic
{
    /// <summary>x + y.</summary>
    public static Tensor Plus(this Tensor x, Tensor y) => x.add(y, Scalars.Of(1));

    /// <summary>x + y for a number.</summary>
    public static Tensor Plus(this Tensor x, Scalar y) => x.add(y, Scalars.Of(1));

    /// <summary>1 - x.</summary>
    public static Tensor Complement(this Tensor x) => x.negative().Plus(Scalars.Of(1));

    /// <summary>x squared.</summary>
    public static Tensor Squared(this Tensor x) => x.pow(Scalars.Of(2));

    /// <summary>0, 1, ... up to but without a count, as whole numbers.</summary>
    /// <param name="count">Number of elements.</param>
    /// <param name="device">Their device.</param>
    public static Tensor Indices(long count, Device device) =>
        arange(Scalars.Of(0), Scalars.Of(count), Scalars.Of(1), ScalarType.Int64, device);

    /// <summary>log(1 + exp(x)).</summary>
    public static Tensor Softplus(this Tensor x) => SoftplusOf(x, Scalars.Of(1.0), Scalars.Of(20.0));

    // What TorchSharp's own function calls.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "softplus1")]
    private static extern Tensor SoftplusOf(Tensor tensor, Scalar beta, Scalar threshold);
}
