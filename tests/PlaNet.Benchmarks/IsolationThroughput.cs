using System.Diagnostics;
using PlaNet.Environments;
using PlaNet.Experiments;
using PlaNet.Runs.Playing;

namespace PlaNet.Benchmarks;

/// <summary>Frames per second of environments in this process and in environment processes, each on its own thread as in a run.</summary>
internal static class IsolationThroughput
{
    private const int Rounds = 7;
    private const int Decisions = 100;

    /// <summary>Prints the table: <c>isolation [TASK [reference|fast]]</c>.</summary>
    /// <param name="words">Arguments after "isolation".</param>
    /// <param name="output">Receives the table.</param>
    /// <returns>0, or 2 for a usage error.</returns>
    public static int Run(string[] words, TextWriter output)
    {
        var task = words.Length > 0 ? words[0] : "walker_walk";
        var quality = words.Length > 1 ? words[1] : "fast";
        if (words.Length > 2 || quality is not ("fast" or "reference") || TaskRegistry.All.All(known => known.Name != task))
        {
            output.WriteLine("usage: isolation [TASK [reference|fast]], where TASK is a built-in task. Default: walker_walk fast");
            return 2;
        }

        var options = new TaskOptions
        {
            Name = task,
            ActionRepeat = TaskRegistry.Find(task).ActionRepeat,
            RenderQuality = quality == "fast" ? RenderQuality.Fast : RenderQuality.Reference,
        };
        output.WriteLine(
            $"{task}, {quality} frames, {Rounds} rounds of {Decisions} decisions in each environment, median [minimum, maximum]:");
        output.WriteLine("| environments | in this process, frames/s | in worker processes, frames/s | ratio |");
        output.WriteLine("|---|---|---|---|");
        foreach (var count in new[] { 1, 2, 4 })
        {
            using var here = new Fleet(options, count);
            using var there = new Fleet(options with { Isolation = EnvironmentIsolation.Process }, count);
            var (rates, isolated, ratios) = (new double[Rounds], new double[Rounds], new double[Rounds]);
            here.Play(Decisions / 4);
            there.Play(Decisions / 4);
            for (var round = 0; round < Rounds; round++)
            {
                (rates[round], isolated[round]) = (here.Play(Decisions), there.Play(Decisions));
                ratios[round] = isolated[round] / rates[round];
            }

            output.WriteLine($"| {count} | {Spread(rates, "F0")} | {Spread(isolated, "F0")} | {Spread(ratios, "F2")} |");
            output.Flush();
        }

        return 0;
    }

    private static string Spread(double[] values, string format)
    {
        var sorted = values.Order().ToArray();
        return string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{sorted[Rounds / 2].ToString(format, null)} [{sorted[0].ToString(format, null)}, {sorted[^1].ToString(format, null)}]");
    }

    /// <summary>Environments that run concurrently.</summary>
    private sealed class Fleet(TaskOptions options, int count) : IDisposable
    {
        private readonly IEnvironment[] _environments = [.. Enumerable.Range(0, count).Select(_ => Tasks.Create(options))];
        private ulong _seed;

        /// <summary>Takes a number of decisions in each environment.</summary>
        /// <returns>Frames per second of all environments together.</returns>
        public double Play(int decisions)
        {
            foreach (var environment in _environments)
            {
                environment.Reset(_seed++);
            }

            var start = Stopwatch.GetTimestamp();
            var threads = _environments.Select(environment => new Thread(() =>
            {
                var action = new float[environment.Spec.Action.Size];
                for (var i = 0; i < decisions; i++)
                {
                    environment.Step(action);
                }
            })).ToArray();
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
            return decisions * _environments.Length / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        public void Dispose() => Array.ForEach(_environments, environment => environment.Dispose());
    }
}
