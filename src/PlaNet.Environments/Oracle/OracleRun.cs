using PlaNet.Randomness;

namespace PlaNet.Environments.Oracle;

/// <summary>How far an oracle's run is.</summary>
/// <param name="Episode">The episode, from 0.</param>
/// <param name="Decision">Decisions made in it.</param>
/// <param name="Decisions">Decisions in an episode.</param>
/// <param name="Return">Reward summed so far in it.</param>
public sealed record OracleProgress(int Episode, int Decision, int Decisions, double Return);

/// <summary>Plays episodes with <see cref="OraclePlanner"/>: the last row of the paper's table, the practical ceiling of planning.</summary>
public static class OracleRun
{
    /// <summary>Plays the episodes one after the other. The first start as <c>planet evaluate</c> of the same seed starts them.</summary>
    /// <param name="task">Name of the task.</param>
    /// <param name="options">How to search.</param>
    /// <param name="episodes">Number of episodes; at least 1.</param>
    /// <param name="seed">Seed of starts and noise.</param>
    /// <param name="report">Told after every decision.</param>
    /// <param name="cancellation">Ends the run early.</param>
    /// <returns>The return of each episode, as soon as it is over.</returns>
    /// <exception cref="ArgumentException">There is no such task, or an option is out of range.</exception>
    public static IEnumerable<double> Play(
        string task, OracleOptions options, int episodes, ulong seed, Action<OracleProgress> report, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(report);
        ArgumentOutOfRangeException.ThrowIfLessThan(episodes, 1);
        options.Check();
        TaskRegistry.Find(task);
        return Episodes(task, options, episodes, seed, report, cancellation);
    }

    private static IEnumerable<double> Episodes(
        string task, OracleOptions options, int episodes, ulong seed, Action<OracleProgress> report, CancellationToken cancellation)
    {
        using var environment = Make(task);
        using var planner = new OraclePlanner(() => Make(task), options);
        for (var episode = 0; episode < episodes; episode++)
        {
            var noise = RandomStream.Derive(seed, "oracle", (ulong)episode);
            environment.Reset(RandomStream.Derive(seed, "environment", (ulong)episode));
            yield return PlayOne(environment, planner, noise, progress => report(progress with { Episode = episode }), cancellation);
        }
    }

    private static double PlayOne(
        IRestorableEnvironment environment, OraclePlanner planner, ulong seed, Action<OracleProgress> report, CancellationToken cancellation)
    {
        var (total, ended) = (0.0, false);
        for (var decision = 0; !ended; decision++)
        {
            var plan = planner.Plan(environment.SaveState(), RandomStream.Derive(seed, "decision", (ulong)decision), cancellation);
            var result = environment.Step([.. plan.Take(environment.Spec.Action.Size).Select(value => (float)value)]);
            total += result.Reward;
            ended = result.Ended;
            report(new OracleProgress(0, decision + 1, environment.Spec.Decisions, total));
        }

        return total;
    }

    private static IRestorableEnvironment Make(string task)
    {
        return (IRestorableEnvironment)TaskRegistry.Create(task);
    }
}
