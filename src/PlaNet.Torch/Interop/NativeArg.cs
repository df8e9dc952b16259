using System.Runtime.InteropServices;

namespace PlaNet.Torch.Interop;

/// <summary>What an argument or result is; the numbers are those in <c>shim.h</c>.</summary>
internal enum ArgKind
{
    Default = 0,
    None = 1,
    Tensor = 2,
    TensorList = 3,
    OptionalTensorList = 4,
    Int = 5,
    Double = 6,
    Bool = 7,
    IntList = 8,
    BoolList = 9,
    DoubleList = 10,
    Device = 11,
    String = 12,
    Generator = 13,
}

/// <summary>An argument or result as the shim sees it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeArg
{
    public ArgKind Kind;
    public int Count;
    public long Value;
}

/// <summary>An argument on its way to an operator. Holds what it refers to, so that nothing is finalised while the call runs.</summary>
internal readonly struct Arg
{
    internal readonly object? Reference;
    internal readonly long Bits;
    internal readonly ArgKind Kind;

    private Arg(ArgKind kind, long bits, object? reference = null)
    {
        Kind = kind;
        Bits = bits;
        Reference = reference;
    }

    /// <summary>Takes the default of the operator's schema.</summary>
    internal static Arg Default => default;

    internal static Arg None => new(ArgKind.None, 0);

    /// <summary>A list of tensors some of which may be absent, as indexing takes.</summary>
    internal static Arg Optional(torch.Tensor?[] tensors) => new(ArgKind.OptionalTensorList, 0, tensors);

    public static implicit operator Arg(torch.Tensor? tensor) => tensor is null ? None : new(ArgKind.Tensor, tensor.Handle, tensor);

    public static implicit operator Arg(torch.Tensor[] tensors) => new(ArgKind.TensorList, 0, tensors);

    public static implicit operator Arg(long value) => new(ArgKind.Int, value);

    public static implicit operator Arg(long? value) => value is { } given ? given : None;

    public static implicit operator Arg(double value) => new(ArgKind.Double, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Arg(double? value) => value is { } given ? given : None;

    public static implicit operator Arg(bool value) => new(ArgKind.Bool, value ? 1 : 0);

    public static implicit operator Arg(long[]? values) => values is null ? None : new(ArgKind.IntList, 0, values);

    public static implicit operator Arg(bool[] values) => new(ArgKind.BoolList, 0, values);

    public static implicit operator Arg(Scalar value) => new(value.Kind, value.Bits);

    public static implicit operator Arg(Scalar? value) => value is { } given ? given : None;

    public static implicit operator Arg(torch.ScalarType value) => new(ArgKind.Int, (long)value);

    public static implicit operator Arg(torch.ScalarType? value) => value is { } given ? given : None;

    public static implicit operator Arg(torch.memory_format value) => new(ArgKind.Int, (long)value);

    public static implicit operator Arg(torch.Device? value) => value is null ? None : new(ArgKind.Device, value.Packed);

    public static implicit operator Arg(torch.Generator? value) => value is null ? None : new(ArgKind.Generator, value.Handle, value);

    public static implicit operator Arg(string value) => new(ArgKind.String, 0, System.Text.Encoding.UTF8.GetBytes(value));
}
