namespace PlaNet.Actors;

/// <summary>Stops whom it is told to, after everything told before it.</summary>
public sealed record PoisonPill
{
    /// <summary>The only one.</summary>
    public static readonly PoisonPill Instance = new();
}

/// <summary>A watched actor has stopped for good, or never was. Comes after everything that it told the watcher.</summary>
/// <param name="Actor">Its address.</param>
/// <param name="Failure">What it failed with; null when it stopped in order, or was not there.</param>
public sealed record Terminated(ActorRef Actor, Exception? Failure);

/// <summary>No message came for as long as <see cref="SetReceiveTimeout"/> says.</summary>
public sealed record ReceiveTimeout
{
    /// <summary>The only one.</summary>
    public static readonly ReceiveTimeout Instance = new();
}

/// <summary>As a reply: makes the ask throw.</summary>
/// <param name="Cause">What it throws.</param>
public sealed record Failure(Exception Cause);
