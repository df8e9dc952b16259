using System.CommandLine;
using System.Globalization;
using PlaNet.Environments;
using PlaNet.Experiments;
using PlaNet.Runs.Oracle;
using PlaNet.Runs.Results;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet oracle</c>: plans with the true simulator, the upper bound that a perfect model would reach.</summary>
public static class OracleVerb
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var defaults = new PlannerOptions();
        var verb = new Command("oracle", "Play episodes by planning with the true simulator: the last row of the paper's table");
        var task = new Option<string>("--task") { Description = "Name of the task", HelpName = "NAME", Required = true };
        var episodes = new Option<int>("--episodes") { Description = "Number of episodes", HelpName = "N", DefaultValueFactory = _ => 1 };
        var seed = new Option<ulong>("--seed")
        {
            Description = "Seed of the initial states and of the planner",
            HelpName = "N",
            DefaultValueFactory = _ => 0,
        };
        var horizon = Count("--horizon", "Planning horizon in decisions", defaults.Horizon);
        var iterations = Count("--iterations", "CEM iterations", defaults.Iterations);
        var candidates = Count("--candidates", "Candidate action sequences per iteration", defaults.Candidates);
        var elites = Count("--elites", "Elite sequences per iteration", defaults.Elites);
        var threads = Count("--threads", "Simulators that run in parallel; the result does not depend on it", Environment.ProcessorCount);
        foreach (var option in new Option[] { task, episodes, seed, horizon, iterations, candidates, elites, threads })
        {
            verb.Add(option);
        }

        verb.SetAction((line, interruption) => Task.FromResult(Play(
            line.GetRequiredValue(task),
            line.GetValue(episodes),
            line.GetValue(seed),
            new PlannerOptions
            {
                Horizon = line.GetValue(horizon),
                Iterations = line.GetValue(iterations),
                Candidates = line.GetValue(candidates),
                Elites = line.GetValue(elites),
            },
            line.GetValue(threads),
            line.InvocationConfiguration.Output,
            line.InvocationConfiguration.Error,
            interruption)));
        return verb;
    }

    private static Option<int> Count(string name, string description, int value)
    {
        return new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => value };
    }

    // Far more than any plan needs; more would only exhaust the memory.
    private static void Require(string option, int value, int min, int max)
    {
        if (value < min || value > max)
        {
            throw new UnusableInputException($"{option} {value}: must be from {min} to {max}. Give such a number.");
        }
    }

    private static int Play(
        string task,
        int episodes,
        ulong seed,
        PlannerOptions options,
        int threads,
        TextWriter output,
        TextWriter error,
        CancellationToken interruption)
    {
        if (episodes < 1)
        {
            throw new UnusableInputException($"--episodes {episodes}: must be at least 1. Use a positive number.");
        }

        Require("--threads", threads, 1, 1024);
        Require("--horizon", options.Horizon, 1, 1000);
        Require("--iterations", options.Iterations, 1, 10_000);
        Require("--candidates", options.Candidates, 1, 1_000_000);

        ExperimentValidation.Require(new Experiment { Planner = options });
        try
        {
            TaskRegistry.Find(task);
        }
        catch (ArgumentException failure)
        {
            throw UnusableInputException.From(failure);
        }

        var progress = new WorkProgress(error, TimeProvider.System);
        void Report(OracleProgress made) => progress.Report(
            (made.Episode * (double)made.Decisions) + made.Decision,
            episodes * (double)made.Decisions,
            string.Create(
                CultureInfo.InvariantCulture,
                $"episode {made.Episode + 1}/{episodes}, decision {made.Decision}/{made.Decisions}, return {made.Return:F1}"));
        var returns = new List<double>();
        foreach (var value in OracleRun.Play(task, options, threads, episodes, seed, Report, interruption))
        {
            returns.Add(value);
            output.WriteLine($"episode {returns.Count}: {value.ToString("F1", CultureInfo.InvariantCulture)}");
        }

        var mean = returns.Average();
        var deviation = Math.Sqrt(returns.Average(value => (value - mean) * (value - mean)));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{task}, {episodes} episodes: {Summary.Of(returns)}, deviation {deviation:F1}"));
        return ExitCode.Success;
    }
}
