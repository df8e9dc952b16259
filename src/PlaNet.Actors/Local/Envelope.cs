using System.Runtime.InteropServices;

namespace PlaNet.Actors.Local;

/// <summary>A message on its way: the sender's incarnation and the receiver's travel with it.</summary>
/// <param name="Message">The message.</param>
/// <param name="Sender">Who told it.</param>
/// <param name="Incarnation">Whom it is for: <see cref="ActorRef.Any"/>, or one incarnation of the receiver.</param>
/// <param name="Timer">The timer it comes from; null for none.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Envelope(object Message, ActorRef Sender, long Incarnation, ActorTimer? Timer = null);

/// <summary>A timer of one incarnation.</summary>
/// <param name="key">Its name.</param>
internal sealed class ActorTimer(string key)
{
    public string Key { get; } = key;

    public ITimer? Clock { get; set; }
}

/// <summary>Work threw and its failure is nobody's message: fails the actor when it comes to it.</summary>
/// <param name="Cause">What was thrown.</param>
internal sealed record WorkFailed(Exception Cause);
