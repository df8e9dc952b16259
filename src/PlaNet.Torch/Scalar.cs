using System.Runtime.InteropServices;
using PlaNet.Torch.Interop;

namespace PlaNet.Torch;

/// <summary>A number given to an operator: an integer, a real number or a truth value. Converts from C#'s numbers by itself.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct Scalar : IEquatable<Scalar>
{
    private Scalar(ArgKind kind, long bits)
    {
        Kind = kind;
        Bits = bits;
    }

    internal ArgKind Kind { get; }

    internal long Bits { get; }

    /// <summary>Takes an integer.</summary>
    public static implicit operator Scalar(long value) => new(ArgKind.Int, value);

    /// <summary>Takes an integer.</summary>
    public static implicit operator Scalar(int value) => new(ArgKind.Int, value);

    /// <summary>Takes an integer.</summary>
    public static implicit operator Scalar(byte value) => new(ArgKind.Int, value);

    /// <summary>Takes a real number.</summary>
    public static implicit operator Scalar(double value) => new(ArgKind.Double, BitConverter.DoubleToInt64Bits(value));

    /// <summary>Takes a real number.</summary>
    public static implicit operator Scalar(float value) => (double)value;

    /// <summary>Takes a truth value.</summary>
    public static implicit operator Scalar(bool value) => new(ArgKind.Bool, value ? 1 : 0);

    /// <summary>Equal kind and value.</summary>
    public static bool operator ==(Scalar left, Scalar right) => left.Equals(right);

    /// <summary>Different kind or value.</summary>
    public static bool operator !=(Scalar left, Scalar right) => !left.Equals(right);

    /// <summary>As an integer; a real number is cut.</summary>
    public long ToInt64() => Kind == ArgKind.Double ? (long)ToDouble() : Bits;

    /// <summary>As a real number.</summary>
    public double ToDouble() => Kind == ArgKind.Double ? BitConverter.Int64BitsToDouble(Bits) : Bits;

    /// <summary>As a truth value: not zero.</summary>
    public bool ToBoolean() => ToDouble() != 0;

    /// <inheritdoc/>
    public bool Equals(Scalar other) => Kind == other.Kind && Bits == other.Bits;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Scalar other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Bits);

    internal static Scalar From(NativeArg value) => new(value.Kind, value.Value);
}
