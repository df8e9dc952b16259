namespace PlaNet.Runs;

/// <summary>Where the parts of a run lie on disk.</summary>
/// <param name="Path">The run directory.</param>
public sealed record RunFolder(string Path)
{
    /// <summary>The canonical experiment, its seed, and what it was started with.</summary>
    public string ExperimentFile => System.IO.Path.Combine(Path, "experiment.json");

    /// <summary>The settings of the machine that the run was last started with, as <c>hocon/planet.conf</c> holds them.</summary>
    public string SettingsFile => System.IO.Path.Combine(Path, "settings.conf");

    /// <summary>The log, where the run was started with one; each start appends to it.</summary>
    public string LogFile => System.IO.Path.Combine(Path, "run.log");

    /// <summary>One JSON object a line.</summary>
    public string MetricsFile => System.IO.Path.Combine(Path, "metrics.jsonl");

    /// <summary>RUNNING, INTERRUPTED, DONE or FAILED, with the reason.</summary>
    public string StateFile => System.IO.Path.Combine(Path, "state");

    /// <summary>Held open by the process that runs the run.</summary>
    public string LockFile => System.IO.Path.Combine(Path, "lock");

    /// <summary>One line for each start with injected faults; not there where there was none.</summary>
    public string FaultsFile => System.IO.Path.Combine(Path, "faults.txt");

    /// <summary>Training episodes.</summary>
    public string TrainEpisodes => System.IO.Path.Combine(Path, "episodes", "train");

    /// <summary>Held-out episodes.</summary>
    public string TestEpisodes => System.IO.Path.Combine(Path, "episodes", "test");

    /// <summary>One folder a checkpoint.</summary>
    public string Checkpoints => System.IO.Path.Combine(Path, "checkpoints");

    /// <summary>Videos of evaluations and predictions.</summary>
    public string Videos => System.IO.Path.Combine(Path, "videos");

    /// <summary>The page about the run.</summary>
    public string Report => System.IO.Path.Combine(Path, "report");
}
