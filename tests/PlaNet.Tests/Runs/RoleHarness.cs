using Akka.Actor;
using PlaNet.Runs;
using PlaNet.Runs.Actors;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Playing;
using PlaNet.Runs.Settings;

namespace PlaNet.Tests.Runs;

/// <summary>One incarnation of a role without an actor system: messages in, effects out.</summary>
internal sealed class RoleHarness
{
    private static readonly RoleContext s_context = new(new NamedRef("role"), new NamedRef("sender"), new NamedRef("parent"));

    private readonly Incarnation _role;

    public RoleHarness(Behavior behavior)
    {
        _role = behavior.CreateIncarnation();
        Started = _role.Begin(s_context);
    }

    public static RunParts Parts { get; } = new(
        SmallRun.Experiment,
        3,
        new RunFolder("unused"),
        torch.CPU,
        new PlanetSettings(),
        TimeProvider.System,
        [Tasks.Describe(SmallRun.Experiment.Task)],
        _ => { },
        FaultInjector.None,
        CancellationToken.None);

    /// <summary>The effects of its start.</summary>
    public IReadOnlyList<Effect> Started { get; }

    /// <summary>Sends it a message. Returns its effects.</summary>
    public IReadOnlyList<Effect> Tell(object message) => _role.Receive(message, s_context);

    /// <summary>Ends it. Returns its final effects.</summary>
    public IReadOnlyList<Effect> End() => _role.End();

    /// <summary>The only sent message of a type.</summary>
    public static T Sent<T>(IEnumerable<Effect> effects) => Assert.Single(Messages(effects).OfType<T>());

    /// <summary>All sent messages in order, to any receiver.</summary>
    public static IEnumerable<object> Messages(IEnumerable<Effect> effects) => effects.Select(effect => effect switch
    {
        Tell tell => tell.Message,
        TellChild tell => tell.Message,
        _ => null,
    }).OfType<object>();

    /// <summary>A named reference to an actor that does not exist.</summary>
#pragma warning disable MA0097 // The tests do not compare references.
    internal sealed class NamedRef(string name) : MinimalActorRef
    {
        public override ActorPath Path { get; } = new RootActorPath(Address.AllSystems) / name;

        public override IActorRefProvider Provider => throw new NotSupportedException();
    }
#pragma warning restore MA0097
}
