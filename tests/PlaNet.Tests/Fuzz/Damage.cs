using System.Buffers.Binary;
using PlaNet.Common;

namespace PlaNet.Tests.Fuzz;

/// <summary>Damages valid inputs, as a function of a random stream.</summary>
internal static class Damage
{
    /// <summary>Deepest nesting. A reader that recurses without a limit ends the process well before.</summary>
    private const int Deepest = 20_000;

    private const int LongestRandom = 64;

    private static readonly long[] s_numbers =
    [
        0, 1, -1, byte.MaxValue, short.MaxValue, ushort.MaxValue, int.MaxValue, 1L << 31, uint.MaxValue, 1L << 32, long.MaxValue,
        long.MinValue
    ];

    private static readonly double[] s_fractions = [1e308, double.NaN, double.PositiveInfinity, -0.0, double.Epsilon];

    /// <summary>One of the inputs, with one to five changes.</summary>
    /// <param name="random">Decides everything.</param>
    /// <param name="inputs">Valid inputs.</param>
    /// <param name="tokens">Parts that have a meaning in the format, among them extreme numbers in its notation.</param>
    /// <param name="nestings">Parts that begin one more level, such as <c>[</c>.</param>
    public static FuzzInput Of(
        RandomStream random,
        IReadOnlyList<FuzzInput> inputs,
        IReadOnlyList<byte[]> tokens,
        IReadOnlyList<byte[]> nestings)
    {
        var input = Any(random, inputs);
        var bytes = input.Bytes;
        do
        {
            bytes = Change(random, bytes, inputs, tokens, nestings);
        }
        while (random.NextInt32(5) < 2);

        return input with { Bytes = bytes };
    }

    private static byte[] Change(
        RandomStream random, byte[] bytes, IReadOnlyList<FuzzInput> inputs, IReadOnlyList<byte[]> tokens, IReadOnlyList<byte[]> nestings)
    {
        var at = random.NextInt32(bytes.Length + 1);
        var end = at + random.NextInt32(bytes.Length - at + 1);
        switch (random.NextInt32(16))
        {
            case 0 or 1 when bytes.Length > 0:
                var flipped = bytes.ToArray();
                flipped[random.NextInt32(bytes.Length)] ^= (byte)(1 << random.NextInt32(8));
                return flipped;
            case 2:
                return bytes[..at];
            case 3:
                return [.. bytes[..end], .. bytes[at..]];
            case 4:
                return [.. bytes[..at], .. bytes[end..]];
            case 5:
                var inserted = new byte[1 + random.NextInt32(LongestRandom)];
                for (var i = 0; i < inserted.Length; i++)
                {
                    inserted[i] = (byte)random.NextInt32(256);
                }

                return [.. bytes[..at], .. inserted, .. bytes[at..]];
            case 6:
                var other = Any(random, inputs).Bytes;
                return [.. bytes[..at], .. other[random.NextInt32(other.Length + 1)..]];
            case 7 or 8:
                return [.. bytes[..at], .. Any(random, tokens), .. bytes[at..]];
            case 9 or 10:
                // In place of a part that is as short as most numbers and names.
                return [.. bytes[..at], .. Any(random, tokens), .. bytes[Math.Min(bytes.Length, at + 1 + random.NextInt32(8))..]];
            case 11 or 12:
                return Digits(random, bytes, at, tokens);
            case 13 or 14:
                var number = Number(random);
                return number.Length > bytes.Length - at ? bytes : [.. bytes[..at], .. number, .. bytes[(at + number.Length)..]];
            default:
                var depth = 1 + random.NextInt32(random.NextInt32(4) == 0 ? Deepest : LongestRandom);
                return [.. bytes[..at], .. Enumerable.Repeat(Any(random, nestings), depth).SelectMany(part => part), .. bytes[at..]];
        }
    }

    // Replaces the first number in decimal digits after a position.
    private static byte[] Digits(RandomStream random, byte[] bytes, int at, IReadOnlyList<byte[]> tokens)
    {
        var first = at;
        while (first < bytes.Length && !char.IsAsciiDigit((char)bytes[first]))
        {
            first++;
        }

        var last = first;
        while (last < bytes.Length && (char.IsAsciiDigit((char)bytes[last]) || bytes[last] is (byte)'.' or (byte)'-'))
        {
            last++;
        }

        return first == last ? bytes : [.. bytes[..first], .. Any(random, tokens), .. bytes[last..]];
    }

    // An extreme number in 1, 2, 4 or 8 bytes, of either order.
    private static byte[] Number(RandomStream random)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(
            bytes,
            random.NextInt32(4) == 0
                ? BitConverter.DoubleToInt64Bits(Any(random, s_fractions))
                : Any(random, s_numbers));
        bytes = bytes[..(1 << random.NextInt32(4))];
        if (random.NextInt32(2) == 0)
        {
            Array.Reverse(bytes);
        }

        return bytes;
    }

    private static T Any<T>(RandomStream random, IReadOnlyList<T> items) => items[random.NextInt32(items.Count)];
}
