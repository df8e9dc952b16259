using System.Globalization;

namespace PlaNet.Torch;

/// <summary>Where a tensor lives.</summary>
public enum DeviceType
{
    /// <summary>Main memory.</summary>
    CPU = 0,

    /// <summary>An NVIDIA GPU.</summary>
    CUDA = 1,
}

public static partial class torch
{
#pragma warning disable CA1028 // libtorch and TorchSharp count in a byte
    /// <summary>The type of a tensor's elements; libtorch's own numbers.</summary>
    public enum ScalarType : sbyte
    {
        /// <summary>0..255.</summary>
        Byte = 0,

        /// <summary>-128..127.</summary>
        Int8 = 1,

        /// <summary>16-bit integers.</summary>
        Int16 = 2,

        /// <summary>32-bit integers.</summary>
        Int32 = 3,

        /// <summary>64-bit integers.</summary>
        Int64 = 4,

        /// <summary>IEEE half precision.</summary>
        Float16 = 5,

        /// <summary>Single precision, the default.</summary>
        Float32 = 6,

        /// <summary>Double precision.</summary>
        Float64 = 7,

        /// <summary>Truth values, a byte each.</summary>
        Bool = 11,

        /// <summary>Single precision with the mantissa cut to 7 bits.</summary>
        BFloat16 = 15,
    }
#pragma warning restore CA1028

    /// <summary>The order of a tensor's elements in memory.</summary>
    public enum memory_format
    {
        /// <summary>Row-major: the last dimension is the densest.</summary>
        contiguous = 0,

        /// <summary>As it is.</summary>
        preserve = 1,

        /// <summary>[N, C, H, W] stored as N, H, W, C.</summary>
        channels_last = 2,
    }

    /// <summary>0..255.</summary>
    public const ScalarType uint8 = ScalarType.Byte;

    /// <summary>-128..127.</summary>
    public const ScalarType int8 = ScalarType.Int8;

    /// <summary>16-bit integers.</summary>
    public const ScalarType int16 = ScalarType.Int16;

    /// <summary>32-bit integers.</summary>
    public const ScalarType int32 = ScalarType.Int32;

    /// <summary>64-bit integers.</summary>
    public const ScalarType int64 = ScalarType.Int64;

    /// <summary>IEEE half precision.</summary>
    public const ScalarType float16 = ScalarType.Float16;

    /// <summary>Single precision, the default.</summary>
    public const ScalarType float32 = ScalarType.Float32;

    /// <summary>Double precision.</summary>
    public const ScalarType float64 = ScalarType.Float64;

    /// <summary>Single precision with the mantissa cut to 7 bits.</summary>
    public const ScalarType bfloat16 = ScalarType.BFloat16;

    /// <summary>Truth values.</summary>
    public const ScalarType @bool = ScalarType.Bool;

    /// <summary>[N, C, H, W] stored as N, H, W, C.</summary>
    public const memory_format channels_last = memory_format.channels_last;

    /// <summary>Row-major.</summary>
    public const memory_format contiguous_format = memory_format.contiguous;

    /// <summary>Main memory.</summary>
    public static readonly Device CPU = new(DeviceType.CPU);

    /// <summary>The first GPU.</summary>
    public static readonly Device CUDA = new(DeviceType.CUDA, 0);

    /// <summary>A device by name: <c>cpu</c>, <c>cuda</c> or <c>cuda:1</c>.</summary>
    public static Device device(string description) => new(description);

    /// <summary>A device by type and number.</summary>
    public static Device device(DeviceType type, int index = -1) => new(type, index);

    /// <summary>A device: main memory or one of the GPUs.</summary>
    public sealed class Device : IEquatable<Device>
    {
        /// <summary>Names a device by type and number.</summary>
        /// <param name="type">CPU or CUDA.</param>
        /// <param name="index">The number of the GPU; -1 for the CPU or the current GPU.</param>
        public Device(DeviceType type, int index = -1)
        {
            this.type = type;
            this.index = index;
        }

        /// <summary>Names a device by its text.</summary>
        /// <param name="description"><c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</param>
        /// <exception cref="ArgumentException">The text is none of these.</exception>
        public Device(string description)
        {
            ArgumentNullException.ThrowIfNull(description);
            var parts = description.Split(':');
            var number = -1;
            var known = parts[0] is "cpu" or "cuda";
            if (!known || parts.Length > 2 || (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out number)))
            {
                throw new ArgumentException($"'{description}' is no device: use cpu, cuda or cuda:N.", nameof(description));
            }

            type = parts[0] == "cpu" ? DeviceType.CPU : DeviceType.CUDA;
            index = type == DeviceType.CPU ? -1 : number;
        }

        /// <summary>CPU or CUDA.</summary>
        public DeviceType type { get; }

        /// <summary>The number of the GPU; -1 for the CPU or the current GPU.</summary>
        public int index { get; }

        internal long Packed => ((long)type << 32) | (uint)index;

        /// <summary>Reads a device from its text.</summary>
        public static implicit operator Device(string description) => new(description);

        /// <inheritdoc/>
        public bool Equals(Device? other) => other is not null && type == other.type && index == other.index;

        /// <inheritdoc/>
        public override bool Equals(object? obj) => Equals(obj as Device);

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(type, index);

        /// <summary>The text form: <c>cpu</c>, <c>cuda</c> or <c>cuda:0</c>.</summary>
        public override string ToString() => type == DeviceType.CPU ? "cpu" : index < 0 ? "cuda" : $"cuda:{index}";
    }
}
