using System.Text.Json;
using System.Text.Json.Nodes;
using PlaNet.Common;
using PlaNet.Experiments;
using PlaNet.Runs.Checkpoints;

namespace PlaNet.Runs;

/// <summary>A run directory, held by one process: checks that it belongs to the experiment, and says how the run stands.</summary>
public sealed class RunDirectory : IDisposable
{
    private readonly FileStream _lock;

    private RunDirectory(RunFolder folder, FileStream held, IReadOnlyList<OptionDifference> changes)
    {
        Folder = folder;
        Changes = changes;
        _lock = held;
    }

    /// <summary>Where its parts lie.</summary>
    public RunFolder Folder { get; }

    /// <summary>Options that decide the result and were changed when the directory was taken; empty unless changes were allowed.</summary>
    public IReadOnlyList<OptionDifference> Changes { get; }

    /// <summary>Takes a run directory, creating it where it does not exist.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="experiment">The experiment.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="facts">What the run is started with: program and library versions, device. Recorded, not compared.</param>
    /// <param name="allowChanges">
    /// Whether a run of another experiment may be continued with this one, as far as its model and its episodes allow. The earlier experiment is
    /// kept in the history of <c>experiment.json</c> with the step at which it ended. Default false.
    /// </param>
    /// <exception cref="RunException">
    /// The directory cannot be written, holds another experiment or seed or other things, or another process runs it.
    /// </exception>
    public static RunDirectory Open(
        string path, Experiment experiment, ulong seed, IReadOnlyDictionary<string, string> facts, bool allowChanges = false)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(facts);
        var folder = new RunFolder(Path.GetFullPath(path));
        try
        {
            Check(folder, experiment, seed, allowChanges);
            Directory.CreateDirectory(folder.Path);
            var held = Hold(folder);
            try
            {
                // Looked at again: another process may have changed it before it let go.
                var changes = Check(folder, experiment, seed, allowChanges);
                Directory.CreateDirectory(folder.Videos);
                foreach (var written in new[] { folder.Path, folder.Videos, folder.Report }.Where(Directory.Exists))
                {
                    AtomicFile.DeleteStrays(written);
                }

                if (!File.Exists(folder.ExperimentFile))
                {
                    AtomicFile.WriteText(folder.ExperimentFile, ExperimentRecord.Create(experiment, seed, facts));
                }
                else if (Read(folder.Path).Experiment != experiment)
                {
                    var earlier = File.ReadAllText(folder.ExperimentFile);
                    AtomicFile.WriteText(
                        folder.ExperimentFile,
                        changes.Count == 0
                            ? ExperimentRecord.Renew(earlier, experiment)
                            : ExperimentRecord.Change(earlier, experiment, facts, changes, NewestStep(folder)));
                }

                var directory = new RunDirectory(folder, held, changes);
                directory.SetState("RUNNING");
                return directory;
            }
            catch
            {
                held.Dispose();
                throw;
            }
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw new RunException($"{StorageException.Of(folder.Path, exception).Message} --out names another run directory.");
        }
    }

    /// <summary>The experiment and seed of an existing run.</summary>
    /// <param name="path">The run directory.</param>
    /// <exception cref="RunException">There is no run.</exception>
    public static (Experiment Experiment, ulong Seed) Read(string path)
    {
        var folder = new RunFolder(Path.GetFullPath(path));
        if (!File.Exists(folder.ExperimentFile))
        {
            throw new RunException($"{folder.Path} is not a run directory: it holds no experiment.json. Give one that 'planet train' made.");
        }

        try
        {
            var json = JsonNode.Parse(File.ReadAllText(folder.ExperimentFile))!;
            return (ExperimentJson.Read(json["experiment"]!.ToJsonString()), json["seed"]!.GetValue<ulong>());
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or NullReferenceException or FormatException or ExperimentException)
        {
            throw new RunException($"{folder.ExperimentFile} is damaged: {exception.Message}");
        }
    }

    /// <summary>Says how the run stands, for people and programs that look on.</summary>
    /// <param name="state">RUNNING, INTERRUPTED, DONE or FAILED: reason; one line.</param>
    public void SetState(string state)
    {
        AtomicFile.WriteText(Folder.StateFile, state + "\n");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lock.Dispose();
    }

    private static IReadOnlyList<OptionDifference> Check(RunFolder folder, Experiment experiment, ulong seed, bool allowChanges)
    {
        if (File.Exists(folder.Path))
        {
            throw new RunException($"{folder.Path} is a file, not a directory. Give another with --out.");
        }

        if (!Directory.Exists(folder.Path))
        {
            return [];
        }

        if (!File.Exists(folder.ExperimentFile))
        {
            if (Directory.EnumerateFileSystemEntries(folder.Path).Any(entry => !string.Equals(Path.GetFileName(entry), "lock", StringComparison.Ordinal)))
            {
                throw new RunException($"{folder.Path} holds other files and no experiment.json. Give an empty or new directory with --out.");
            }

            return [];
        }

        var (found, foundSeed) = Read(folder.Path);
        if (foundSeed != seed)
        {
            throw new RunException($"{folder.Path} holds a run with seed {foundSeed}, not {seed}. Give another directory with --out, or --seed {foundSeed}.");
        }

        var differences = ExperimentDiff.Between(found, experiment);
        if (differences.Count > 0 && !allowChanges)
        {
            throw new RunException(
                $"{folder.Path} holds another experiment: {string.Join(", ", differences)}. Give another directory with --out, or the same options; " +
                "--allow-changes continues with the new ones.");
        }

        var lasting = ExperimentChange.Refusals(found, experiment, differences);
        return lasting.Count == 0
            ? differences
            : throw new RunException(
                $"{folder.Path} cannot continue with {string.Join("; and not with ", lasting)}. " +
                "Not even --allow-changes can change that within a run: give another directory with --out.");
    }

    // Where the changed run continues. Damaged checkpoints are reported when it starts.
    private static int NewestStep(RunFolder folder)
    {
        return new CheckpointStore(folder.Checkpoints, kept: 2).FindNewest((_, _) => { })?.State.Progress.Step ?? 0;
    }

    private static FileStream Hold(RunFolder folder) => HeldFile.TryHold(folder.LockFile)
        ?? throw new RunHeldException($"Another process is running {folder.Path}. Wait for it or stop it, or give another directory with --out.");
}
