namespace PlaNet.Cluster.Wire;

/// <summary>What a <see cref="BlobReceiver"/> accepts.</summary>
/// <param name="MaxBytes">Length of the largest blob, bytes, from 0 to <see cref="Array.MaxLength"/>.</param>
/// <param name="MaxTimeouts">Timeouts in a row without a new chunk; the next one fails the transfer. At least 0. Default 10.</param>
/// <param name="MaxRestarts">Restarts from the first chunk after a wrong hash. At least 0. Default 2.</param>
public sealed record BlobLimits(long MaxBytes, int MaxTimeouts = 10, int MaxRestarts = 2);
