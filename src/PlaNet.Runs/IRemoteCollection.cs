using Akka.Actor;
using Akka.Actor.Setup;
using PlaNet.Runs.Settings;

namespace PlaNet.Runs;

/// <summary>How a run has its episodes played by other processes.</summary>
public interface IRemoteCollection
{
    /// <summary>What the run's actor system is made with.</summary>
    /// <param name="settings">The settings in force.</param>
    ActorSystemSetup SetupOf(HoconSettings settings);

    /// <summary>Joins those who play.</summary>
    /// <param name="system">The run's actor system, before any role of the run lives in it.</param>
    /// <param name="removed">To be called when the run can no longer reach those who play, and should save itself and end.</param>
    /// <returns>Makes the role that stands where <see cref="EpisodeCollectorActor"/> does.</returns>
    Func<RunParts, Behavior> Join(RoleSystem system, Action removed);

    /// <summary>Leaves them in order, once the run has ended.</summary>
    /// <param name="system">The run's actor system.</param>
    Task LeaveAsync(ActorSystem system);
}
