using System.Security.Cryptography;
using PlaNet.Experiments;
using PlaNet.Replay;
using PlaNet.Runs;
using PlaNet.Runs.Checkpoints;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Results;
using PlaNet.Runs.Settings;
using PlaNet.Telemetry;
using PlaNet.Tests.Common;
using PlaNet.Tests.Telemetry.TensorBoard;

namespace PlaNet.Tests.Runs;

/// <summary>A whole run that takes a few seconds: three updates between episodes of eight decisions.</summary>
internal static class SmallRun
{
    /// <summary>Its schedule: SS T UUUU C UUU C E UUU C E.</summary>
    public static Experiment Experiment { get; } = new()
    {
        Name = "small",
        Task = new TaskOptions { ActionRepeat = 125, RenderQuality = RenderQuality.Fast },
        Model = new ModelOptions { StochasticSize = 4, BeliefSize = 8, HiddenSize = 8, Depth = 1, RewardLayers = 1, RewardUnits = 8 },
        Planner = new PlannerOptions { Horizon = 3, Iterations = 2, Candidates = 8, Elites = 2 },
        Replay = new ReplayOptions { BatchSize = 2, ChunkLength = 4, MemoryMebibytes = 64 },
        Schedule = new ScheduleOptions { SeedEpisodes = 2, TestEpisodes = 1, Episodes = 5, CollectInterval = 3 },
        Evaluation = new EvaluationOptions { Episodes = 2, Every = 2 },
        Compute = new ComputeOptions { Threads = 1, NativeKernels = false },
    };

    /// <summary>
    /// The same with a non-default form of every term of the objective, images of another size, and a learning rate that rises and falls.
    /// </summary>
    public static Experiment EveryTerm { get; } = Experiment with
    {
        Task = Experiment.Task with { ImageSize = 40 },
        Objective = new ObjectiveOptions
        {
            FreeNats = 0.01,
            ImageStride = 3,
            ImageLoss = PredictionLoss.Sse,
            RewardLoss = PredictionLoss.Sse,
            RewardAlignment = RewardAlignment.OutOf,
            GlobalDivergenceScale = 0.1,
            OvershootingScale = 1,
            OvershootingDistance = 4,
            OvershootingReward = OvershootingReward.Prior,
            ObservationOvershootingScale = 0.1,
            ObservationOvershootingDistance = 2,
        },
        Optimizer = new OptimizerOptions { WarmupUpdates = 3, DecayFrom = 0.4 },
    };

    /// <summary>One agent for tasks of one, two and six action dimensions: SSS TTT UUUU CCC UUU CCC E.</summary>
    public static Experiment ThreeTasks { get; } = Experiment with
    {
        Task = Experiment.Task with { Others = "reacher_easy:100,cheetah_run:250" },
        Schedule = Experiment.Schedule with { SeedEpisodes = 1, Episodes = 3, CollectInterval = 1 },
    };

    /// <summary>The same as <see cref="Experiment"/> on the command line.</summary>
    public static string[] Words { get; } =
    [
        "--experiment", "quickstart",
        .. ExperimentOptions.All
            .Where(option => option.DecidesResult && !option.Get(Experiment).Equals(option.Get(Catalog.CpuSized.Quickstart)))
            .Select(option => $"--set={option.Path}={ExperimentOption.Format(option.Get(Experiment)).Trim('"')}"),
    ];

    /// <summary>Settings under which failed roles restart without a pause.</summary>
    public static HoconSettings NoBackoff { get; } = Supervised(new SupervisionSettings { MinBackoffSeconds = 0, MaxBackoffSeconds = 0 });

    /// <summary>The default settings with other supervision settings, and without ffmpeg, which most tests need not wait for.</summary>
    public static HoconSettings Supervised(SupervisionSettings supervision) =>
        HoconSettings.Default with { Planet = new PlanetSettings { Supervision = supervision, Ffmpeg = "" } };

    /// <summary>Tensors this small gain nothing from a second thread, and on a busy machine the threads wait for one another.</summary>
    public static void UseOneThread()
    {
        torch.set_num_threads(1);
    }

    /// <summary>Runs, or resumes, a run directory in this process.</summary>
    /// <param name="path">The run directory.</param>
    /// <param name="interrupt">Called for each event; cancelling the source interrupts the run.</param>
    /// <param name="experiment">The default is <see cref="Experiment"/>.</param>
    /// <param name="faults">Faults to inject, as on the command line.</param>
    /// <param name="settings">The default is <see cref="NoBackoff"/>.</param>
    /// <param name="time">The clock; the default is the system's.</param>
    /// <param name="allowChanges">Whether the directory may hold another experiment.</param>
    /// <returns>Whether the run is complete, and its events.</returns>
    public static (bool Complete, IReadOnlyList<RunEvent> Events) Run(
        string path,
        Action<RunEvent, CancellationTokenSource>? interrupt = null,
        Experiment? experiment = null,
        string? faults = null,
        HoconSettings? settings = null,
        TimeProvider? time = null,
        bool allowChanges = false)
    {
        UseOneThread();
        var chosen = experiment ?? Experiment;
        using var cancellation = new CancellationTokenSource();
        var events = new List<RunEvent>();
        using var session = RunSession.Open(new RunOptions(path, chosen, Seed: 3, torch.CPU)
        {
            Settings = settings ?? NoBackoff,
            AllowChanges = allowChanges,
            Faults = FaultPlan.Parse(faults is null ? [] : [faults]),
            Time = time ?? TimeProvider.System,
            Watch = happened =>
            {
                events.Add(happened);
                interrupt?.Invoke(happened, cancellation);
            },
        });
        return (session.TrainAsync(cancellation.Token).GetAwaiter().GetResult(), events);
    }

    /// <summary>Interrupts a run, <c>run</c> of a folder, after five updates; resumed, it must end as <c>whole</c>, bit for bit.</summary>
    public static void AssertResumes(TemporaryFolder folder, Experiment experiment)
    {
        Run(
            folder["run"],
            (happened, interrupt) =>
            {
                if (happened is UpdateDone { Progress.Updates: 5 })
                {
                    interrupt.Cancel();
                }
            },
            experiment);
        Assert.True(Run(folder["run"], experiment: experiment).Complete);
        Assert.Equal(Fingerprint(folder["whole"]), Fingerprint(folder["run"]));
    }

    /// <summary>
    /// The result of a run, bit for bit: parameters, optimiser, contents of its episodes, progress and metrics. It leaves out wall-clock
    /// times, incidents, metrics lines that hold nothing else, and the names of episodes, which contain the time of recording. An event
    /// file must have the lines of the metrics.
    /// </summary>
    public static IReadOnlyList<string> Fingerprint(string path)
    {
        var folder = new RunFolder(path);
        if (EventFiles.Of(path).Length > 0)
        {
            EventFiles.AreThoseOf(path);
        }

        var (checkpoint, state) = new CheckpointStore(folder.Checkpoints, 2)
            .FindNewest((damaged, reason) => Assert.Fail($"{damaged}: {reason}"))!.Value;
        var train = EpisodeStore.Open(folder.TrainEpisodes, 0, readOnly: true);
        var test = EpisodeStore.Open(folder.TestEpisodes, 0, readOnly: true);
        Assert.Empty(train.Skipped);
        Assert.Empty(test.Skipped);
        Assert.Equal(
            state.TrainEpisodes.Select(episode => episode.Name).Order(StringComparer.Ordinal), train.List().Select(entry => entry.Name));
        Assert.Equal(
            state.TestEpisodes.Select(episode => episode.Name).Order(StringComparer.Ordinal), test.List().Select(entry => entry.Name));
        return
        [
            $"{state.Progress} seed {state.Seed} of {state.ExperimentHash}, last return {state.LastReturn}",
            "model " + Hash(Path.Combine(checkpoint, "model.safetensors")),
            "optimizer " + Hash(Path.Combine(checkpoint, "optimizer.safetensors")),
            .. state.TrainEpisodes.Select(episode => $"train {episode.Sha256} {train.Sha256(episode.Name)}"),
            .. state.TestEpisodes.Select(episode => $"test {episode.Sha256} {test.Sha256(episode.Name)}"),
            .. MetricsLog.Read(folder.MetricsFile).Select(Line).Where(line => line is not null).Select(line => line!),
        ];
    }

    /// <summary>Temporary files and folders of unfinished writes.</summary>
    public static string[] Unfinished(string path)
    {
        return
        [
            .. Directory.EnumerateFileSystemEntries(
                path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
                .Where(entry => Path.GetFileName(entry).StartsWith('.')),
        ];
    }

    private static string? Line(MetricsLine line)
    {
        var measured = line.Values
            .Where(value => !value.Key.StartsWith("seconds/", StringComparison.Ordinal) && value.Key != MetricTags.UpdatesPerSecond)
            .ToArray();
        return Array.TrueForAll(measured, value =>
            value.Key is RunTags.ScheduleStep or MetricTags.Episodes
                || value.Key.StartsWith(RunTags.Incidents + "/", StringComparison.Ordinal))
            ? null
            : $"{line.Step}: {string.Join(", ", measured.Select(value => $"{value.Key}={value.Value:R}"))}";
    }

    private static string Hash(string path)
    {
        return Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));
    }
}
