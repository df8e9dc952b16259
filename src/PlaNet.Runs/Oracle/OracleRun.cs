using PlaNet.Environments;
using PlaNet.Experiments;
using PlaNet.Common;
using PlaNet.Runs.Playing;

namespace PlaNet.Runs.Oracle;

/// <summary>Progress of <see cref="OracleRun.Play"/>.</summary>
/// <param name="Episode">Index of the current episode, from 0.</param>
/// <param name="Decision">Decisions made in the episode.</param>
/// <param name="Decisions">Decisions of a complete episode.</param>
/// <param name="Return">Sum of the rewards so far in the episode.</param>
public sealed record OracleProgress(int Episode, int Decision, int Decisions, double Return);

/// <summary>Plays episodes with <see cref="OraclePolicy"/>: the last row of the paper's table, an upper bound of planning.</summary>
public static class OracleRun
{
    /// <summary>Plays episodes one after the other, from the same initial states as <c>planet evaluate</c> with the same seed.</summary>
    /// <param name="task">Name of a registered task.</param>
    /// <param name="options">Options of the planner.</param>
    /// <param name="simulators">Number of simulators that run in parallel, at least 1. Does not affect the result.</param>
    /// <param name="episodes">Number of episodes, at least 1.</param>
    /// <param name="seed">Seed of initial states and planner noise.</param>
    /// <param name="report">Called after every decision.</param>
    /// <param name="cancellation">Checked during planning.</param>
    /// <returns>The return of each episode, yielded when the episode ends.</returns>
    /// <exception cref="ArgumentException">The task is not registered.</exception>
    public static IEnumerable<double> Play(
        string task,
        PlannerOptions options,
        int simulators,
        int episodes,
        ulong seed,
        Action<OracleProgress> report,
        CancellationToken cancellation)
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
                void Watch(EpisodePlay play) =>
                    report(new OracleProgress(number, play.Decisions, environment.Spec.Decisions, play.Return(0)));
                var start = RandomStream.Derive(seed, "environment", (ulong)episode);
                yield return EpisodePlayer.Play([environment], [start], policy, cancellation, Watch).Return(0);
            }
        }
    }

    private static IRestorableEnvironment Make(string task)
    {
        return (IRestorableEnvironment)TaskRegistry.Create(task);
    }
}
