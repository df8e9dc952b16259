using System.Runtime.InteropServices;

namespace PlaNet.Actors;

/// <summary>What a behaviour may know beside its state and the message.</summary>
/// <param name="Self">This incarnation of the actor.</param>
/// <param name="Sender">The incarnation that told the message; <see cref="ActorRef.None"/> from outside.</param>
/// <param name="Parent">Address of the parent; <see cref="ActorRef.None"/> at the top.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ActorContext(ActorRef Self, ActorRef Sender, ActorRef Parent)
{
    /// <summary>Address of a child, also before it is spawned.</summary>
    /// <param name="name">Its name.</param>
    public ActorRef Child(string name) => Self.Child(name);
}
