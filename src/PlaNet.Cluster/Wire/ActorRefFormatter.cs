using Akka.Actor;
using Akka.Serialization;
using MessagePack;
using MessagePack.Formatters;

namespace PlaNet.Cluster.Wire;

/// <summary>Carries references to actors as their paths, with the address of their node. Null is carried as null.</summary>
/// <param name="system">Resolves the paths that are read.</param>
internal sealed class ActorRefFormatter(ExtendedActorSystem system) : IMessagePackFormatter<IActorRef?>
{
    public void Serialize(ref MessagePackWriter writer, IActorRef? value, MessagePackSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteNil();
        }
        else
        {
            writer.Write(Serialization.SerializedActorPath(value));
        }
    }

    public IActorRef? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (reader.TryReadNil())
        {
            return null;
        }

        // The provider turns what is no path into a reference that loses every message.
        var path = reader.ReadString();
        return ActorPath.TryParse(path, out _)
            ? system.Provider.ResolveActorRef(path)
            : throw new MessagePackSerializationException("a reference to an actor is no path");
    }
}
