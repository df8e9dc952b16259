using System.Runtime.InteropServices;

namespace PlaNet.MuJoCo;

/// <summary>An array of a model or of simulation data, read and written in place: <c>[rows, columns]</c>, row-major.</summary>
/// <typeparam name="T">Element type as MuJoCo declares it.</typeparam>
public sealed unsafe class MjArray<T>
    where T : unmanaged
{
    private readonly SafeHandle _owner;
    private readonly nint _data;

    internal MjArray(SafeHandle owner, string name, nint data, int rows, int columns)
    {
        (_owner, Name, _data, Rows, Columns) = (owner, name, data, rows, columns);
    }

    /// <summary>Name in mjModel or mjData.</summary>
    public string Name { get; }

    /// <summary>Number of objects.</summary>
    public int Rows { get; }

    /// <summary>Values per object.</summary>
    public int Columns { get; }

    /// <summary>All elements. Valid only while the model or data is reachable and not disposed.</summary>
    /// <exception cref="ObjectDisposedException">The model or data is disposed.</exception>
    public Span<T> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_owner.IsClosed, _owner);
            return new Span<T>((void*)_data, Rows * Columns);
        }
    }

    /// <summary>One element, by its index in the whole array.</summary>
    /// <param name="index">From 0 to <see cref="Rows"/> x <see cref="Columns"/> - 1.</param>
    public ref T this[int index] => ref Span[index];

    /// <summary>The values of one object, <c>[columns]</c>.</summary>
    /// <param name="row">Index of the object, from 0.</param>
    public Span<T> Row(int row)
    {
        return Span.Slice(row * Columns, Columns);
    }

    internal static MjArray<T> From(SafeHandle owner, string name, Native.View view)
    {
        int type = default(T) switch
        {
            double => 0,
            float => 1,
            int => 2,
            byte => 3,
            _ => throw new NotSupportedException($"{typeof(T).Name} is not an element type: use double, float, int or byte."),
        };
        return view.Type == type || (view.Type == 4 && type == 3)
            ? new MjArray<T>(owner, name, view.Data, view.Rows, view.Columns)
            : throw new MuJoCoException(
                $"Array '{name}' holds elements of type {NameOf(view.Type)}, not {NameOf(type)}: use the accessor for its type.");
    }

    private static string NameOf(int type)
    {
        return type switch { 0 => "double", 1 => "float", 2 => "int", 3 => "byte", 4 => "char", _ => "struct" };
    }
}

/// <summary>Element types of MuJoCo's arrays.</summary>
public enum MjElement
{
    /// <summary>64-bit floating point.</summary>
    Double,

    /// <summary>32-bit floating point.</summary>
    Float,

    /// <summary>32-bit integer.</summary>
    Int,

    /// <summary>Bytes or characters.</summary>
    Byte,
}
