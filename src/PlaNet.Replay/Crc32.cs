using System.Buffers.Binary;

namespace PlaNet.Replay;

/// <summary>The checksum of ZIP and PNG files: CRC-32 with the reflected polynomial 0xEDB88320 (ISO 3309), eight bytes at a time.</summary>
public static class Crc32
{
    private static readonly uint[][] Tables = CreateTables();

    /// <summary>Computes the checksum of a block of bytes, or continues the checksum of earlier blocks.</summary>
    /// <param name="data">The next bytes.</param>
    /// <param name="previous">Checksum of all earlier bytes. Default 0, for the first block.</param>
    public static uint Compute(ReadOnlySpan<byte> data, uint previous = 0)
    {
        uint[] t0 = Tables[0], t1 = Tables[1], t2 = Tables[2], t3 = Tables[3];
        uint[] t4 = Tables[4], t5 = Tables[5], t6 = Tables[6], t7 = Tables[7];
        var crc = ~previous;
        while (data.Length >= 8)
        {
            var low = BinaryPrimitives.ReadUInt32LittleEndian(data) ^ crc;
            var high = BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
            crc = t7[(byte)low] ^ t6[(byte)(low >> 8)] ^ t5[(byte)(low >> 16)] ^ t4[low >> 24]
                ^ t3[(byte)high] ^ t2[(byte)(high >> 8)] ^ t1[(byte)(high >> 16)] ^ t0[high >> 24];
            data = data[8..];
        }

        foreach (var value in data)
        {
            crc = t0[(byte)(crc ^ value)] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static uint[][] CreateTables()
    {
        var tables = new uint[8][];
        tables[0] = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320u;
            }

            tables[0][i] = crc;
        }

        for (var k = 1; k < 8; k++)
        {
            tables[k] = new uint[256];
            for (var i = 0; i < 256; i++)
            {
                tables[k][i] = (tables[k - 1][i] >> 8) ^ tables[0][(byte)tables[k - 1][i]];
            }
        }

        return tables;
    }
}
