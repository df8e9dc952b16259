using System.Diagnostics;
using System.Globalization;
using PlaNet.Catalog;
using PlaNet.Common;
using PlaNet.Experiments;
using PlaNet.Experiments.Grids;
using PlaNet.Inspection;
using PlaNet.Replay;
using PlaNet.Runs.Playing;

namespace PlaNet.Benchmarks;

/// <summary>
/// Trains a model on recorded episodes for a given processor time, or for as many updates as its schedule has, and measures what it knows:
/// losses, a read-out of the simulator's state, and the returns of the planner that uses it. Collection and its chance are left out, so
/// that variants compare within minutes.
/// </summary>
internal static class OfflineLearning
{
    private const string Usage =
        "usage: learning --episodes DIR [--experiment NAME] [--seconds N, 0 for the updates of the schedule] [--evaluations N] [--seed N] "
        + "[OPTION=VALUE ...]";
    private const string EpisodesOption = "--episodes";
    private const int Reports = 4;
    private const int HeldOutEvery = 6;
    private const int UpdatesBetweenChecks = 20;
    private static readonly int[] s_distances = [0, 1, 4, 8, 12];

    /// <summary>Runs one variant.</summary>
    /// <param name="words">The words after <c>learning</c>; overrides have the form <c>path=value</c>.</param>
    /// <param name="output">Takes the report.</param>
    public static int Run(string[] words, TextWriter output)
    {
        var named = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["--experiment"] = "quickstart",
            ["--seconds"] = "200",
            ["--evaluations"] = "5",
            ["--seed"] = "0",
            [EpisodesOption] = "",
        };
        var overrides = new List<string>();
        for (var i = 0; i < words.Length; i++)
        {
            if (!words[i].StartsWith("--", StringComparison.Ordinal))
            {
                overrides.Add(words[i]);
            }
            else if (named.ContainsKey(words[i]) && i + 1 < words.Length)
            {
                named[words[i]] = words[++i];
            }
            else
            {
                output.WriteLine($"{words[i]} is no option, or lacks its value; {Usage}");
                return 2;
            }
        }

        var folder = named[EpisodesOption];
        if (!Directory.Exists(folder))
        {
            output.WriteLine($"The folder of episodes, '{folder}', does not exist; {Usage}");
            return 2;
        }

        var seconds = double.Parse(named["--seconds"], CultureInfo.InvariantCulture);

        // A rate that falls with the updates of the schedule would favour variants with few updates in the given time.
        string[] constant = seconds > 0 ? ["optimizer.decay_from=1"] : [];
        var experiment = Overrides.ApplyAll(
            ExperimentCatalog.Find(named["--experiment"]), ["compute.threads=1", .. constant, .. overrides]);
        TorchRuntime.Configure(experiment.Compute);
        var seed = ulong.Parse(named["--seed"], CultureInfo.InvariantCulture);
        var evaluations = int.Parse(named["--evaluations"], CultureInfo.InvariantCulture);
        var store = EpisodeStore.Open(folder, 1L << 31, readOnly: true);
        if (store.Count < HeldOutEvery)
        {
            output.WriteLine($"{folder} has {store.Count} episodes: at least {HeldOutEvery} are needed, so that one is held out.");
            return 2;
        }

        Learn(experiment, store, seconds, seed, evaluations, output);
        return 0;
    }

    private static void Learn(
        Experiment experiment, EpisodeStore store, double seconds, ulong seed, int evaluations, TextWriter output)
    {
        // Both sets have episodes of every age.
        var names = store.List().Select(entry => entry.Name).Order(StringComparer.Ordinal).Index().ToArray();
        string[] train = [.. names.Where(name => name.Index % HeldOutEvery != HeldOutEvery - 1).Select(name => name.Item)];
        string[] test = [.. names.Where(name => name.Index % HeldOutEvery == HeldOutEvery - 1).Select(name => name.Item)];
        var (fit, held) = (Sequences(store, train.TakeLast(40), 4), Sequences(store, test, 6));
        var sampler = new ChunkSampler(
            store, experiment.Replay.BatchSize, experiment.Replay.ChunkLength, new RandomStream(seed), train);
        using var learner = new Learner(experiment, store.Load(train[0]).ActionSize, CPU, seed);
        using var self = Process.GetCurrentProcess();
        output.WriteLine(Line($"{train.Length} episodes to learn from, {test.Length} held out"));
        var total = (ulong)RunWork.Of(experiment).Updates;
        var (busy, updates, since) = (0.0, 0UL, new List<UpdateMetrics>());
        for (var report = 1; report <= Reports; report++)
        {
            do
            {
                self.Refresh();
                var start = self.TotalProcessorTime;
                for (var i = 0; i < UpdatesBetweenChecks; i++)
                {
                    since.Add(learner.Update(sampler.Sample(), updates++));
                }

                self.Refresh();
                busy += (self.TotalProcessorTime - start).TotalSeconds;
            }
            while (seconds > 0 ? busy < seconds * report / Reports : updates < total * (ulong)report / Reports);

            output.WriteLine(Line($"{updates,6} updates in {busy:F0} s of processor time: image {Mean(update => update.Image!.Value):F2}, ")
                + Line($"reward {Mean(update => update.Reward):F3}, divergence {Mean(update => update.Divergence):F2}"));
            since.Clear();
            PrintProbe(StateProbe.Measure(learner.Model, CPU, fit, held, seed, s_distances), output);
        }

        double Mean(Func<UpdateMetrics, double> value) => since.Average(value);

        if (evaluations > 0)
        {
            var returns = Evaluator.Run(experiment, learner.Model, CPU, evaluations, seed, _ => { }, CancellationToken.None)
                .Select(episode => episode.Return).ToArray();
            output.WriteLine(Line(
                $"mean return {returns.Average():F0} of {string.Join(", ", returns.Select(value => Line($"{value:F0}")))}"));
        }
    }

    // Starts are spread over the episode.
    private static Sequence[] Sequences(EpisodeStore store, IEnumerable<string> names, int each) =>
    [
        .. from name in names
           let episode = store.Load(name)
           let last = episode.Length - OpenLoop.DefaultContext - s_distances[^1]
           from i in Enumerable.Range(0, each)
           select new Sequence(episode, last * i / each),
    ];

    private static void PrintProbe(StateProbe? probe, TextWriter output)
    {
        foreach (var (name, explained) in probe is null ? [] : probe.Names.Zip(probe.Explained))
        {
            output.WriteLine($"    {name,-14}" + string.Concat(explained.Select(share => Line($"{share,7:F2}"))));
        }
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
