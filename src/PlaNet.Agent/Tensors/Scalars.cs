using System.Collections.Concurrent;

namespace PlaNet.Tensors;

/// <summary>
/// The numbers that operators of TorchSharp take. TorchSharp turns a number into an object, of which an operator reads only the native
/// address: a garbage collection frees it before libtorch has read it, and the operator fails or computes with another number
/// (docs/torch.md). These objects live as long as the process. Only for constants and settings, of which there are few;
/// <c>using var</c> and <c>ToScalar()</c> for numbers that change. BannedSymbols.Scalars.txt forbids the conversion itself.
/// </summary>
internal static class Scalars
{
    private static readonly ConcurrentDictionary<double, Scalar> s_real = new();
    private static readonly ConcurrentDictionary<long, Scalar> s_whole = new();

    /// <summary>A real number; an operator on whole numbers gives real ones with it.</summary>
    /// <param name="value">A constant or a setting.</param>
    public static Scalar Of(double value) => s_real.GetOrAdd(value, static number => number.ToScalar());

    /// <summary>A whole number; an operator keeps the type of its tensor with it.</summary>
    /// <param name="value">A constant, a setting or a size.</param>
    public static Scalar Of(long value) => s_whole.GetOrAdd(value, static number => number.ToScalar());
}
