namespace PlaNet.Runs;

/// <summary>Paths of the files and folders of a run.</summary>
/// <param name="Path">The run directory.</param>
public sealed record RunFolder(string Path)
{
    /// <summary>The canonical experiment, the seed, and the versions and device with which the run was started.</summary>
    public string ExperimentFile => System.IO.Path.Combine(Path, "experiment.json");

    /// <summary>The weights of another run with which the run started. Does not exist if all weights were drawn.</summary>
    public string InitialWeightsFile => System.IO.Path.Combine(Path, "initial.safetensors");

    /// <summary>
    /// The given episodes of <see cref="TrainEpisodes"/> under their original names, with their SHA-256. Does not exist if there are none.
    /// </summary>
    public string GivenFile => System.IO.Path.Combine(Path, "given.sha256");

    /// <summary>The machine settings of the latest start, in the format of <c>hocon/planet.conf</c>.</summary>
    public string SettingsFile => System.IO.Path.Combine(Path, "settings.conf");

    /// <summary>The log, if logging is enabled. Each start appends to it.</summary>
    public string LogFile => System.IO.Path.Combine(Path, "run.log");

    /// <summary>The metrics, one JSON object per line. The event file for TensorBoard is beside it.</summary>
    public string MetricsFile => System.IO.Path.Combine(Path, "metrics.jsonl");

    /// <summary>What the run does now, written once a second and at its end.</summary>
    public string LiveFile => System.IO.Path.Combine(Path, "live.json");

    /// <summary>One line: RUNNING, INTERRUPTED, DONE, or FAILED with the reason.</summary>
    public string StateFile => System.IO.Path.Combine(Path, "state");

    /// <summary>Held open, as a lock, by the process of the run.</summary>
    public string LockFile => System.IO.Path.Combine(Path, "lock");

    /// <summary>One line per start with injected faults. Does not exist if there was none.</summary>
    public string FaultsFile => System.IO.Path.Combine(Path, "faults.txt");

    /// <summary>One line per file in the folders of episodes that is not used. Does not exist if there never was one.</summary>
    public string UnusedFile => System.IO.Path.Combine(Path, "unused.txt");

    /// <summary>Folder of the training episodes.</summary>
    public string TrainEpisodes => System.IO.Path.Combine(Path, "episodes", "train");

    /// <summary>Folder of the held-out episodes.</summary>
    public string TestEpisodes => System.IO.Path.Combine(Path, "episodes", "test");

    /// <summary>Folder of the checkpoints, one subfolder each.</summary>
    public string Checkpoints => System.IO.Path.Combine(Path, "checkpoints");

    /// <summary>Folder of the videos of evaluations and predictions.</summary>
    public string Videos => System.IO.Path.Combine(Path, "videos");

    /// <summary>Folder of the HTML report.</summary>
    public string Report => System.IO.Path.Combine(Path, "report");
}
