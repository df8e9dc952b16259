using PlaNet.Environments;
using PlaNet.Experiments;
using PlaNet.Common;
using PlaNet.Runs.Playing;

namespace PlaNet.Runs.Oracle;

/// <summary>How far an oracle's run is.</summary>
/// <param name="Episode">The episode, from 0.</param>
/// <param name="Decision">Decisions made in it.</param>
/// <param name="Decisions">Decisions in an episode.</param>
/// <param name="Return">Reward summed so far in it.</param>
public sealed record OracleProgress(int Episode, int Decision, int Decisions, double Return);

/// <summary>Plays episodes with <see cref="OraclePolicy"/>: the last row of the paper's table, the practical ceiling of planning.</summary>
public static class OracleRun
{
    /// <summary>Plays the episodes one after the other. The first start as <c>planet evaluate</c> of the same seed starts them.</summary>
    /// <param name="task">Name of the task.</param>
    /// <param name="options">The planner.</param>
    /// <param name="simulators">Simulators that run at once; the result does not depend on it.</param>
    /// <param name="episodes">Number of episodes; at least 1.</param>
    /// <param name="seed">Seed of starts and noise.</param>
    /// <param name="report">Told after every decision.</param>
    /// <param name="cancellation">Ends the run early.</param>
    /// <returns>The return of each episode, as soon as it is over.</returns>
    /// <exception cref="ArgumentException">There is no such task.</exception>
    public static IEnumerable<double> Play(
        string task, PlannerOptions options, int simulators, int episodes, ulong seed, Action<OracleProgress> report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(report);
        ArgumentOutOfRangeException.ThrowIfLessThan(episodes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(simulators, 1);
        TaskRegistry.Find(task);
        return Episodes();

        IEnumerable<double> Episodes()
        {
            using var environment = Make(task);
            using var dynamics = new SimulatorDynamics(() => Make(task), simulators, cancellation);
            for (var episode = 0; episode < episodes; episode++)
            {
                var number = episode;
                using var policy = new OraclePolicy(environment, dynamics, options, RandomStream.Derive(seed, "oracle", (ulong)episode));
                void Watch(EpisodePlay play) => report(new OracleProgress(number, play.Decisions, environment.Spec.Decisions, play.Return(0)));
                yield return EpisodePlayer.Play([environment], [RandomStream.Derive(seed, "environment", (ulong)episode)], policy, cancellation, Watch).Return(0);
            }
        }
    }

    private static IRestorableEnvironment Make(string task)
    {
        return (IRestorableEnvironment)TaskRegistry.Create(task);
    }
}
