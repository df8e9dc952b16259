using Akka.Actor;
using Akka.Actor.Setup;
using PlaNet.Runs.Settings;

namespace PlaNet.Runs;

/// <summary>Collection of a run's episodes by other processes.</summary>
public interface IRemoteCollection
{
    /// <summary>The setup of the run's actor system.</summary>
    /// <param name="settings">The effective settings.</param>
    ActorSystemSetup SetupOf(HoconSettings settings);

    /// <summary>Joins the cluster of collectors.</summary>
    /// <param name="system">The run's actor system, before any role of the run is started in it.</param>
    /// <param name="removed">
    /// Called when the run was removed from the cluster and can no longer reach the collectors: it should save itself and end.
    /// </param>
    /// <returns>Creates the role that replaces <see cref="EpisodeCollectorActor"/>.</returns>
    Func<RunParts, Behavior> Join(RoleSystem system, Action removed);

    /// <summary>Leaves the cluster gracefully after the run has ended.</summary>
    /// <param name="system">The run's actor system.</param>
    Task LeaveAsync(ActorSystem system);
}
