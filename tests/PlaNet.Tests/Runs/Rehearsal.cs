using Akka.Actor;
using PlaNet.Runs;
using PlaNet.Runs.Actors;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Playing;
using PlaNet.Runs.Settings;

namespace PlaNet.Tests.Runs;

/// <summary>One incarnation of a role without a host: what it is told, and what it wants done.</summary>
internal sealed class Rehearsal
{
    private static readonly RoleContext s_context = new(new NamedRef("role"), new NamedRef("sender"), new NamedRef("parent"));

    private readonly Incarnation _role;

    public Rehearsal(Behavior behavior)
    {
        _role = behavior.CreateIncarnation();
        Begun = _role.Begin(s_context);
    }

    public static IActorRef Parent => s_context.Parent;

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

    public IReadOnlyList<Effect> Begun { get; }

    /// <summary>Tells it a message.</summary>
    /// <returns>What it wants done.</returns>
    public IReadOnlyList<Effect> Tell(object message) => _role.Receive(message, s_context);

    /// <summary>Ends it.</summary>
    /// <returns>What it wants done last.</returns>
    public IReadOnlyList<Effect> End() => _role.End();

    /// <summary>The one message of a type among what is told.</summary>
    public static T Told<T>(IEnumerable<Effect> effects) => Assert.Single(Messages(effects).OfType<T>());

    /// <summary>What is told, to whomever, in order.</summary>
    public static IEnumerable<object> Messages(IEnumerable<Effect> effects) => effects.Select(effect => effect switch
    {
        Tell tell => tell.Message,
        TellChild tell => tell.Message,
        _ => null,
    }).OfType<object>();

    /// <summary>A reference to nobody, by name.</summary>
#pragma warning disable MA0097 // References are compared by nobody here.
    internal sealed class NamedRef(string name) : MinimalActorRef
    {
        public override ActorPath Path { get; } = new RootActorPath(Address.AllSystems) / name;

        public override IActorRefProvider Provider => throw new NotSupportedException();
    }
#pragma warning restore MA0097
}
