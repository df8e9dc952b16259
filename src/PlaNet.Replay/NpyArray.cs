using System.Runtime.InteropServices;

namespace PlaNet.Replay;

/// <summary>An array as in NumPy files: numbers in C order (the last index varies fastest) and a shape.</summary>
public sealed class NpyArray
{
    private static readonly Dictionary<Type, string> Codes = new()
    {
        [typeof(bool)] = "|b1",
        [typeof(byte)] = "|u1",
        [typeof(float)] = "<f4",
        [typeof(double)] = "<f8",
        [typeof(int)] = "<i4",
        [typeof(long)] = "<i8",
        [typeof(ulong)] = "<u8",
        [typeof(Half)] = "<f2",
        [typeof(sbyte)] = "|i1",
        [typeof(short)] = "<i2",
        [typeof(ushort)] = "<u2",
        [typeof(uint)] = "<u4",
    };

    private NpyArray(Array data, int[] shape)
    {
        Data = data;
        Shape = shape;
    }

    /// <summary>NumPy's codes of the element types that can be written and read.</summary>
    public static IReadOnlyCollection<string> SupportedTypes => Codes.Values;

    /// <summary>The numbers, such as float[]: an array of one of the types of <see cref="SupportedTypes"/>.</summary>
    public Array Data { get; }

    /// <summary>Length of each axis; empty for a scalar.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>NumPy's code of the element type, such as "&lt;f4".</summary>
    public string TypeCode => Codes[Data.GetType().GetElementType()!];

    /// <summary>Size of the numbers in bytes, without the header.</summary>
    public long ByteLength => Bytes().Length;

    /// <summary>An array of the given shape over the given numbers, which are not copied.</summary>
    /// <typeparam name="T">bool, a number of 8 to 64 bits, or <see cref="Half"/>.</typeparam>
    /// <param name="data">The numbers, in C order.</param>
    /// <param name="shape">Length of each axis; their product is the number of elements.</param>
    /// <exception cref="ArgumentException">The type is not supported, or the shape does not match the number of elements.</exception>
    public static NpyArray From<T>(T[] data, params ReadOnlySpan<int> shape)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(data);
        if (!Codes.ContainsKey(typeof(T)))
        {
            throw new ArgumentException(
                $"Elements of type {typeof(T)} are not supported: " +
                $"convert them to one of {string.Join(", ", Codes.Keys.Select(type => type.Name))}.");
        }

        long count = 1;
        foreach (var length in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(length, nameof(shape));
            count *= length;
        }

        if (count != data.Length)
        {
            throw new ArgumentException(
                $"The shape ({string.Join(", ", shape.ToArray())}) has {count} elements, but the data has {data.Length}: " +
                "pass a matching shape.");
        }

        return new NpyArray(data, shape.ToArray());
    }

    /// <summary>The numbers as 32-bit floats: the array itself if it has that type, otherwise a converted copy.</summary>
    public float[] ToSingles()
    {
        return Data switch
        {
            float[] values => values,
            double[] values => Array.ConvertAll(values, value => (float)value),
            int[] values => Array.ConvertAll(values, value => (float)value),
            long[] values => Array.ConvertAll(values, value => (float)value),
            ulong[] values => Array.ConvertAll(values, value => (float)value),
            bool[] values => Array.ConvertAll(values, value => value ? 1f : 0f),
            Half[] values => Array.ConvertAll(values, value => (float)value),
            sbyte[] values => Array.ConvertAll(values, value => (float)value),
            short[] values => Array.ConvertAll(values, value => (float)value),
            ushort[] values => Array.ConvertAll(values, value => (float)value),
            uint[] values => Array.ConvertAll(values, value => (float)value),
            _ => Array.ConvertAll((byte[])Data, value => (float)value),
        };
    }

    internal static NpyArray Allocate(string typeCode, int[] shape, int count)
    {
        Array data = typeCode switch
        {
            "|b1" => new bool[count],
            "|u1" => GC.AllocateUninitializedArray<byte>(count),
            "<f4" => new float[count],
            "<f8" => new double[count],
            "<i4" => new int[count],
            "<i8" => new long[count],
            "<f2" => new Half[count],
            "|i1" => new sbyte[count],
            "<i2" => new short[count],
            "<u2" => new ushort[count],
            "<u4" => new uint[count],
            _ => new ulong[count],
        };
        return new NpyArray(data, shape);
    }

    internal Span<byte> Bytes()
    {
        return Data switch
        {
            bool[] values => MemoryMarshal.AsBytes(values.AsSpan()),
            byte[] values => values,
            float[] values => MemoryMarshal.AsBytes(values.AsSpan()),
            double[] values => MemoryMarshal.AsBytes(values.AsSpan()),
            int[] values => MemoryMarshal.AsBytes(values.AsSpan()),
            long[] values => MemoryMarshal.AsBytes(values.AsSpan()),
            Half[] values => MemoryMarshal.AsBytes(values.AsSpan()),
            sbyte[] values => MemoryMarshal.AsBytes(values.AsSpan()),
            short[] values => MemoryMarshal.AsBytes(values.AsSpan()),
            ushort[] values => MemoryMarshal.AsBytes(values.AsSpan()),
            uint[] values => MemoryMarshal.AsBytes(values.AsSpan()),
            _ => MemoryMarshal.AsBytes(((ulong[])Data).AsSpan()),
        };
    }
}
