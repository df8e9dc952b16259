namespace PlaNet.Cluster.Wire;

/// <summary>What a <see cref="BlobReceiver"/> asks its owner to do.</summary>
public abstract record BlobCommand;

/// <summary>Send a message to the source of the blob.</summary>
public sealed record TellSource(IWireMessage Message) : BlobCommand;

/// <summary>Wait for a chunk, in place of any earlier wait; call <see cref="BlobReceiver.TimedOut"/> if none is received in time.</summary>
/// <param name="Version">The argument of that call.</param>
public sealed record AwaitChunk(int Version) : BlobCommand;

/// <summary>The transfer is complete: length and hash are those of the offer.</summary>
/// <param name="Bytes">The whole content.</param>
public sealed record DeliverBlob(ReadOnlyMemory<byte> Bytes) : BlobCommand;

/// <summary>The transfer has failed and is not retried.</summary>
/// <param name="Reason">One line: the error and the number of retries.</param>
public sealed record FailBlob(string Reason) : BlobCommand;
