namespace PlaNet.Cluster.Wire;

/// <summary>How blobs are cut into chunks.</summary>
public static class BlobLayout
{
    /// <summary>
    /// Bytes of every chunk but the last: 256 KiB, small enough that heartbeats between chunks stay within the failure detector's pause.
    /// </summary>
    public const int ChunkBytes = 256 * 1024;

    /// <summary>Most chunks that a receiver has requested and not yet received.</summary>
    public const int Window = 8;

    /// <summary>Number of chunks of a blob.</summary>
    /// <param name="length">Its length in bytes, 0 to <see cref="Array.MaxLength"/>.</param>
    public static int Chunks(long length) => (int)((length + ChunkBytes - 1) / ChunkBytes);

    /// <summary>Bytes of one chunk.</summary>
    /// <param name="length">Length of the blob in bytes.</param>
    /// <param name="index">Index of the chunk, from 0 to below <see cref="Chunks"/>.</param>
    public static int BytesOf(long length, int index) => (int)Math.Min(ChunkBytes, length - ((long)index * ChunkBytes));

    /// <summary>Why the id of a transfer is invalid; null if it is valid.</summary>
    internal static string? FlawOf(string id) =>
        id.Length is >= 1 and <= 200 ? null : $"the id has {id.Length} characters but must have 1 to 200";
}
