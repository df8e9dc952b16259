namespace PlaNet.Telemetry.Pictures;

/// <summary>The compression of GIF files: LZW with codes of growing length, in blocks of at most 255 bytes.</summary>
internal static class LzwEncoder
{
    private const int MaxCodes = 4096;

    /// <summary>Writes the length of a symbol, the blocks and the empty block that ends them.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="symbols">Palette indices, each below 2 to the power of <paramref name="symbolBits"/>. At least one.</param>
    /// <param name="symbolBits">2 to 8.</param>
    public static void Write(Stream target, ReadOnlySpan<byte> symbols, int symbolBits)
    {
        target.WriteByte((byte)symbolBits);
        var clear = 1 << symbolBits;
        var blocks = new BlockWriter(target);
        var known = new Dictionary<int, int>(MaxCodes);
        var (next, bits) = (clear + 2, symbolBits + 1);
        blocks.Write(clear, bits);
        int prefix = symbols[0];
        foreach (var symbol in symbols[1..])
        {
            var key = (prefix << 8) | symbol;
            if (known.TryGetValue(key, out var code))
            {
                prefix = code;
                continue;
            }

            blocks.Write(prefix, bits);
            if (next == MaxCodes)
            {
                blocks.Write(clear, bits);
                known.Clear();
                (next, bits) = (clear + 2, symbolBits + 1);
            }
            else
            {
                // The reader learns this code one step later, so codes grow when the one just made no longer fits.
                if (next == 1 << bits)
                {
                    bits++;
                }

                known.Add(key, next++);
            }

            prefix = symbol;
        }

        blocks.Write(prefix, bits);
        if (next == 1 << bits && bits < 12)
        {
            bits++;
        }

        blocks.Write(clear + 1, bits);
        blocks.End();
    }

    private sealed class BlockWriter(Stream target)
    {
        private readonly byte[] _block = new byte[255];
        private int _used;
        private uint _pending;
        private int _pendingBits;

        public void Write(int code, int bits)
        {
            _pending |= (uint)code << _pendingBits;
            _pendingBits += bits;
            while (_pendingBits >= 8)
            {
                Add((byte)_pending);
                _pending >>= 8;
                _pendingBits -= 8;
            }
        }

        public void End()
        {
            if (_pendingBits > 0)
            {
                Add((byte)_pending);
            }

            Flush();
            target.WriteByte(0);
        }

        private void Add(byte value)
        {
            _block[_used++] = value;
            if (_used == _block.Length)
            {
                Flush();
            }
        }

        private void Flush()
        {
            if (_used > 0)
            {
                target.WriteByte((byte)_used);
                target.Write(_block, 0, _used);
                _used = 0;
            }
        }
    }
}
