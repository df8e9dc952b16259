using System.Runtime.InteropServices;

namespace PlaNet.Replay;

/// <summary>An array as NumPy files hold it: numbers in C order (the last index runs fastest) and a shape.</summary>
public sealed class NpyArray
{
    private static readonly Dictionary<Type, string> Codes = new()
    {
        [typeof(byte)] = "|u1",
        [typeof(float)] = "<f4",
        [typeof(double)] = "<f8",
        [typeof(int)] = "<i4",
        [typeof(long)] = "<i8",
        [typeof(ulong)] = "<u8",
    };

    private NpyArray(Array data, int[] shape)
    {
        Data = data;
        Shape = shape;
    }

    /// <summary>The element types that can be written and read.</summary>
    public static IReadOnlyCollection<string> SupportedTypes => Codes.Values;

    /// <summary>The numbers: byte[], float[], double[], int[], long[] or ulong[].</summary>
    public Array Data { get; }

    /// <summary>Length of each axis; empty for a single number.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>NumPy's code of the element type, such as "&lt;f4".</summary>
    public string TypeCode => Codes[Data.GetType().GetElementType()!];

    /// <summary>Bytes of the numbers, without the header.</summary>
    public long ByteLength => Buffer.ByteLength(Data);

    /// <summary>An array of the given shape over the given numbers, which are not copied.</summary>
    /// <typeparam name="T">byte, float, double, int, long or ulong.</typeparam>
    /// <param name="data">The numbers, in C order.</param>
    /// <param name="shape">Length of each axis; their product is the number of elements.</param>
    /// <exception cref="ArgumentException">The type is not supported, or shape and length disagree.</exception>
    public static NpyArray From<T>(T[] data, params ReadOnlySpan<int> shape)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(data);
        if (!Codes.ContainsKey(typeof(T)))
        {
            throw new ArgumentException(
                $"Elements of type {typeof(T)} cannot be stored: convert them to one of {string.Join(", ", Codes.Keys.Select(type => type.Name))}.");
        }

        long count = 1;
        foreach (var length in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(length, nameof(shape));
            count *= length;
        }

        if (count != data.Length)
        {
            throw new ArgumentException($"The shape ({string.Join(", ", shape.ToArray())}) has {count} elements, the data {data.Length}: give the data's own shape.");
        }

        return new NpyArray(data, shape.ToArray());
    }

    /// <summary>The numbers as 32-bit floats: the array itself where it already is one, a converted copy otherwise.</summary>
    public float[] ToSingles()
    {
        return Data switch
        {
            float[] values => values,
            double[] values => Array.ConvertAll(values, value => (float)value),
            int[] values => Array.ConvertAll(values, value => (float)value),
            long[] values => Array.ConvertAll(values, value => (float)value),
            ulong[] values => Array.ConvertAll(values, value => (float)value),
            _ => Array.ConvertAll((byte[])Data, value => (float)value),
        };
    }

    internal static NpyArray Allocate(string typeCode, int[] shape, int count)
    {
        Array data = typeCode switch
        {
            "|u1" => GC.AllocateUninitializedArray<byte>(count),
            "<f4" => new float[count],
            "<f8" => new double[count],
            "<i4" => new int[count],
            "<i8" => new long[count],
            _ => new ulong[count],
        };
        return new NpyArray(data, shape);
    }

    internal Span<byte> Bytes()
    {
        return Data switch
        {
            byte[] values => values,
            float[] values => MemoryMarshal.AsBytes(values.AsSpan()),
            double[] values => MemoryMarshal.AsBytes(values.AsSpan()),
            int[] values => MemoryMarshal.AsBytes(values.AsSpan()),
            long[] values => MemoryMarshal.AsBytes(values.AsSpan()),
            _ => MemoryMarshal.AsBytes(((ulong[])Data).AsSpan()),
        };
    }
}
