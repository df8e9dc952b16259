using System.Numerics;

namespace PlaNet.Common;

/// <summary>
/// A seeded stream of random numbers whose complete state can be saved and restored: xoshiro256++ (Blackman and Vigna, 2019),
/// seeded through SplitMix64. The same seed gives the same numbers on every machine and every version of .NET.
/// </summary>
/// <remarks>Not thread-safe. Derive one stream per purpose with <see cref="Fork"/>.</remarks>
public sealed class RandomStream
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <summary>Starts the stream of a seed.</summary>
    /// <param name="seed">Any value; different seeds give independent streams.</param>
    public RandomStream(ulong seed)
    {
        _s0 = SplitMix64(ref seed);
        _s1 = SplitMix64(ref seed);
        _s2 = SplitMix64(ref seed);
        _s3 = SplitMix64(ref seed);
    }

    /// <summary>Restores a stream from a saved state.</summary>
    /// <param name="state">A state that <see cref="State"/> returned.</param>
    public RandomStream(RandomState state)
    {
        State = state;
    }

    /// <summary>The complete state of the stream; restoring it repeats the same numbers.</summary>
    public RandomState State
    {
        get => new(_s0, _s1, _s2, _s3);
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            (_s0, _s1, _s2, _s3) = (value.S0, value.S1, value.S2, value.S3);
        }
    }

    /// <summary>A stream for one purpose of a run, independent of the streams for other purposes.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="purpose">Name of the purpose, such as "replay".</param>
    /// <param name="index">Number of the stream among those of one purpose. Default 0.</param>
    public static RandomStream Fork(ulong seed, string purpose, ulong index = 0)
    {
        return new RandomStream(Derive(seed, purpose, index));
    }

    /// <summary>A seed for one purpose of a run; see <see cref="Fork"/>.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="purpose">Name of the purpose.</param>
    /// <param name="index">Number of the seed among those of one purpose. Default 0.</param>
    public static ulong Derive(ulong seed, string purpose, ulong index = 0)
    {
        ArgumentNullException.ThrowIfNull(purpose);
        var mixed = SplitMix64(ref seed);
        foreach (var character in purpose)
        {
            mixed ^= character;
            mixed = SplitMix64(ref mixed);
        }

        mixed ^= index;
        return SplitMix64(ref mixed);
    }

    /// <summary>64 uniform bits.</summary>
    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(_s0 + _s3, 23) + _s0;
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1), with 53 random bits.</summary>
    public double NextDouble()
    {
        return (NextUInt64() >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>Uniform in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    /// <param name="low">Lower bound.</param>
    /// <param name="high">Upper bound, not below <paramref name="low"/>.</param>
    public double NextUniform(double low, double high)
    {
        return low + ((high - low) * NextDouble());
    }

    /// <summary>Uniform over the integers 0 to <paramref name="count"/> - 1, without bias.</summary>
    /// <param name="count">How many integers; positive.</param>
    public int NextInt32(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var rejectFrom = ulong.MaxValue - (ulong.MaxValue % (ulong)count);
        ulong bits;
        do
        {
            bits = NextUInt64();
        }
        while (bits >= rejectFrom);

        return (int)(bits % (ulong)count);
    }

    /// <summary>Standard normal, by the Box-Muller transform. Each call draws two uniforms and caches nothing.</summary>
    public double NextGaussian()
    {
        var radius = Math.Sqrt(-2.0 * Math.Log(1.0 - NextDouble()));
        return radius * Math.Cos(2.0 * Math.PI * NextDouble());
    }

    private static ulong SplitMix64(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15UL;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
