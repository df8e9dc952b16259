using System.Runtime.InteropServices;
using PlaNet.Torch.Interop;

namespace PlaNet.Torch;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>
        /// The bytes of a dense CPU tensor, in its own memory: valid as long as the tensor is. Setting copies into it.
        /// </summary>
        /// <exception cref="InvalidOperationException">The tensor is on a GPU or not contiguous.</exception>
        public unsafe Span<byte> bytes
        {
            get
            {
                var info = Info;
                if (info.DeviceType != (int)DeviceType.CPU || !is_contiguous())
                {
                    throw new InvalidOperationException("Only a contiguous tensor on the CPU has bytes to look at: use cpu() and contiguous() first.");
                }

                if (info.Elements == 0) return [];
                Native.Check(Native.planet_torch_data(Handle, out var data));
                return new Span<byte>((void*)data, checked((int)info.Bytes));
            }

            set => value.CopyTo(bytes);
        }

        /// <summary>The one element of a tensor, converted.</summary>
        /// <typeparam name="T">A number or bool.</typeparam>
        /// <exception cref="TorchException">There is not exactly one element.</exception>
        public T item<T>()
            where T : unmanaged
        {
            var value = item();
            if (typeof(T) == typeof(float)) return (T)(object)(float)value.ToDouble();
            if (typeof(T) == typeof(double)) return (T)(object)value.ToDouble();
            if (typeof(T) == typeof(long)) return (T)(object)value.ToInt64();
            if (typeof(T) == typeof(int)) return (T)(object)checked((int)value.ToInt64());
            if (typeof(T) == typeof(bool)) return (T)(object)value.ToBoolean();
            if (typeof(T) == typeof(byte)) return (T)(object)checked((byte)value.ToInt64());
            throw new ArgumentException($"{typeof(T)} cannot hold an element: use float, double, long, int, byte or bool.");
        }

        /// <summary>The one element of a tensor.</summary>
        /// <exception cref="TorchException">There is not exactly one element.</exception>
        public Scalar item()
        {
            if (numel() != 1)
            {
                throw new TorchException($"item() takes a tensor of one element, not of shape [{string.Join(", ", shape)}].");
            }

            return Scalar.From(Ops._local_scalar_dense.InvokeScalar(this));
        }

        /// <summary>The one element as float.</summary>
        public float ToSingle() => (float)item().ToDouble();

        /// <summary>The one element as double.</summary>
        public double ToDouble() => item().ToDouble();

        /// <summary>The one element as long.</summary>
        public long ToInt64() => item().ToInt64();

        /// <summary>The one element as int.</summary>
        public int ToInt32() => checked((int)item().ToInt64());

        /// <summary>The one element as bool: not zero.</summary>
        public bool ToBoolean() => item().ToBoolean();

        /// <summary>A copy of the elements in row-major order, from any device and layout.</summary>
        /// <typeparam name="T">The C# type of this tensor's element type.</typeparam>
        /// <exception cref="ArgumentException">The tensor has another element type.</exception>
        public TensorAccessor<T> data<T>()
            where T : unmanaged
        {
            var values = new T[numel()];
            CopyTo(values.AsSpan());
            return new TensorAccessor<T>(values, shape);
        }

        /// <summary>Writes the elements in row-major order to a buffer, from any device and layout.</summary>
        /// <typeparam name="T">The C# type of this tensor's element type.</typeparam>
        /// <param name="destination">Room for every element.</param>
        /// <exception cref="ArgumentException">The tensor has another element type, or the buffer is too small.</exception>
        public void CopyTo<T>(Span<T> destination)
            where T : unmanaged
        {
            RequireType<T>();
            if (destination.Length < numel())
            {
                throw new ArgumentException($"A buffer of {destination.Length} does not hold {numel()} elements.", nameof(destination));
            }

            if (device_type == DeviceType.CPU && is_contiguous())
            {
                MemoryMarshal.Cast<byte, T>(bytes).CopyTo(destination);
                return;
            }

            using var scope = NewDisposeScope();
            MemoryMarshal.Cast<byte, T>(detach().cpu().contiguous().bytes).CopyTo(destination);
        }

        /// <summary>Reads the elements in row-major order from a buffer, to any device and layout.</summary>
        /// <typeparam name="T">The C# type of this tensor's element type.</typeparam>
        /// <param name="source">Exactly as many elements as the tensor has.</param>
        /// <exception cref="ArgumentException">The tensor has another element type, or the count is another.</exception>
        public void CopyFrom<T>(ReadOnlySpan<T> source)
            where T : unmanaged
        {
            RequireType<T>();
            if (source.Length != numel())
            {
                throw new ArgumentException($"{source.Length} values do not fill the shape [{string.Join(", ", shape)}].", nameof(source));
            }

            if (device_type == DeviceType.CPU && is_contiguous())
            {
                source.CopyTo(MemoryMarshal.Cast<byte, T>(bytes));
                return;
            }

            using var scope = NewDisposeScope();
            using var off = no_grad();
            var staged = empty(shape, dtype);
            source.CopyTo(MemoryMarshal.Cast<byte, T>(staged.bytes));
            copy_(staged);
        }

        private void RequireType<T>()
            where T : unmanaged
        {
            if (ScalarTypes.Of<T>() != dtype)
            {
                throw new ArgumentException($"The tensor holds {dtype}, not {typeof(T).Name}: convert it with to(ScalarType.{ScalarTypes.Of<T>()}) first.");
            }
        }
    }

    /// <summary>A copy of a tensor's elements in row-major order.</summary>
    /// <typeparam name="T">The C# type of the element type.</typeparam>
    public sealed class TensorAccessor<T>
        where T : unmanaged
    {
        private readonly T[] _values;
        private readonly long[] _shape;

        internal TensorAccessor(T[] values, long[] shape)
        {
            _values = values;
            _shape = shape;
        }

        /// <summary>How many elements.</summary>
        public long Count => _values.LongLength;

        /// <summary>The element at an index in each dimension, or, for one index, in row-major order.</summary>
        public T this[params ReadOnlySpan<long> indices]
        {
            get
            {
                if (indices.Length == 1) return _values[indices[0]];
                if (indices.Length != _shape.Length)
                {
                    throw new ArgumentException($"A tensor of {_shape.Length} dimensions takes as many indices, not {indices.Length}.", nameof(indices));
                }

                var at = 0L;
                for (var i = 0; i < indices.Length; i++)
                {
                    ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((ulong)indices[i], (ulong)_shape[i], nameof(indices));
                    at = (at * _shape[i]) + indices[i];
                }

                return _values[at];
            }
        }

        /// <summary>The elements in row-major order.</summary>
        public T[] ToArray() => _values;

        /// <summary>Writes the elements in row-major order to a buffer.</summary>
        public void CopyTo(Span<T> destination) => _values.CopyTo(destination);
    }
}
