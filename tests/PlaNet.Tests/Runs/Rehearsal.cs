using PlaNet.Actors;
using PlaNet.Runs;
using PlaNet.Training;
using PlaNet.Training.FaultInjection;

namespace PlaNet.Tests.Runs;

/// <summary>One incarnation of a role without a host: what it is told, and what it wants done.</summary>
internal sealed class Rehearsal
{
    private static readonly ActorRef s_self = new("/role", 1);
    private static readonly ActorRef s_parent = new("/parent");

    private readonly ActorInstance _role;

    public Rehearsal(Props props)
    {
        _role = props.CreateInstance();
        Begun = _role.Begin(new ActorContext(s_self, ActorRef.None, s_parent));
    }

    public static RunParts Parts { get; } = new(
        SmallRun.Experiment,
        3,
        new RunFolder("unused"),
        torch.CPU,
        new MachineSettings(),
        TimeProvider.System,
        [Tasks.Describe(SmallRun.Experiment.Task)],
        _ => { },
        Faults.None,
        CancellationToken.None);

    public IReadOnlyList<Effect> Begun { get; }

    /// <summary>Tells it a message.</summary>
    /// <returns>What it wants done.</returns>
    public IReadOnlyList<Effect> Tell(object message, string from = "other", long incarnation = 1)
    {
        return _role.Receive(message, new ActorContext(s_self, s_self.Child(from) with { Incarnation = incarnation }, s_parent));
    }

    /// <summary>Ends it.</summary>
    /// <returns>What it wants done last.</returns>
    public IReadOnlyList<Effect> End() => _role.End();

    /// <summary>The one message of a type among what is told.</summary>
    public static T Told<T>(IEnumerable<Effect> effects) => Assert.Single(effects.OfType<Tell>().Select(tell => tell.Message).OfType<T>());
}
