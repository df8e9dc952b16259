using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PlaNet.Common;
using PlaNet.Experiments;
using PlaNet.Runs.Checkpoints;

namespace PlaNet.Runs;

/// <summary>A run directory locked by this process. Checks that it belongs to the experiment and records the state of the run.</summary>
public sealed class RunDirectory : IDisposable
{
    private readonly FileStream _lock;

    private RunDirectory(RunFolder folder, FileStream lockFile, IReadOnlyList<OptionDifference> changes)
    {
        Folder = folder;
        Changes = changes;
        _lock = lockFile;
    }

    /// <summary>The paths of its files and folders.</summary>
    public RunFolder Folder { get; }

    /// <summary>Options that affect results and were changed when the directory was opened. Empty unless changes were allowed.</summary>
    public IReadOnlyList<OptionDifference> Changes { get; }

    /// <summary>Locks a run directory. Creates it if it does not exist.</summary>
    /// <param name="path">The run directory, absolute or relative to the working directory.</param>
    /// <param name="experiment">Experiment of the run.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="facts">Program and library versions and the device: recorded, not compared.</param>
    /// <param name="allowChanges">
    /// Whether to continue a run of another experiment with this one, as far as its model and its episodes allow. The earlier experiment is
    /// kept in the history of <c>experiment.json</c> with the step at which it was replaced. Default false.
    /// </param>
    /// <exception cref="RunException">
    /// The directory cannot be written, it contains another experiment, another seed or unrelated files, or another process has locked it.
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
            var lockFile = AcquireLock(folder);
            try
            {
                // Checked again under the lock: the process that held it before may have changed the directory.
                var changes = Check(folder, experiment, seed, allowChanges);
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

                Directory.CreateDirectory(folder.Videos);
                var directory = new RunDirectory(folder, lockFile, changes);
                directory.SetState("RUNNING");
                return directory;
            }
            catch
            {
                lockFile.Dispose();
                throw;
            }
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            throw new RunException($"{StorageException.Of(folder.Path, exception).Message} Or give another run directory with --out.");
        }
    }

    /// <summary>The experiment and seed of an existing run.</summary>
    /// <param name="path">The run directory, absolute or relative to the working directory.</param>
    /// <exception cref="RunException">The directory contains no run, or its <c>experiment.json</c> is damaged.</exception>
    public static (Experiment Experiment, ulong Seed) Read(string path)
    {
        var folder = new RunFolder(Path.GetFullPath(path));
        if (!File.Exists(folder.ExperimentFile))
        {
            throw new RunException(
                $"{folder.Path} is not a run directory: it contains no experiment.json. Give a directory that 'planet train' created.");
        }

        try
        {
            var json = JsonNode.Parse(File.ReadAllText(folder.ExperimentFile))!;
            return (ExperimentJson.Read(json["experiment"]!.ToJsonString()), json["seed"]!.GetValue<ulong>());
        }
        catch (Exception exception) when (exception
            is JsonException or InvalidOperationException or NullReferenceException or FormatException or ExperimentException)
        {
            var reason = exception is ExperimentException
                ? exception.Message.TrimEnd('.')
                : "it must be a JSON object with the keys experiment and seed";
            throw new RunException(
                $"{folder.ExperimentFile} is damaged: {reason}. Restore the file from a copy, or use another run directory.");
        }
    }

    /// <summary>
    /// The experiment with an absolute <see cref="TaskOptions.CommandFolder"/>, so that its program is found wherever the run is resumed or
    /// evaluated: the given one, that of the record if the run exists, or the current folder.
    /// </summary>
    /// <param name="path">The run directory, which need not exist.</param>
    /// <param name="experiment">Experiment with which the run is to be made or continued.</param>
    internal static Experiment WithCommandFolder(string path, Experiment experiment)
    {
        var task = experiment.Task;
        if (task.Command.Length == 0)
        {
            return experiment;
        }

        // Another command was written for the folder in which it was written.
        var recorded = task.CommandFolder.Length == 0 && File.Exists(new RunFolder(Path.GetFullPath(path)).ExperimentFile)
            && Read(path).Experiment.Task is var found && found.Command == task.Command ? found.CommandFolder : task.CommandFolder;
        return experiment with { Task = task with { CommandFolder = Path.GetFullPath(recorded.Length > 0 ? recorded : ".") } };
    }

    /// <summary>Writes the state of the run for users and other programs.</summary>
    /// <param name="state">One line: RUNNING, INTERRUPTED, DONE, or "FAILED: reason".</param>
    public void SetState(string state)
    {
        AtomicFile.WriteText(Folder.StateFile, state + "\n");
    }

    /// <summary>Records a failure as the state; see <see cref="TrySetState"/>.</summary>
    /// <param name="failure">The reason.</param>
    public void TrySetFailed(Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        TrySetState($"FAILED: {failure.Message.ReplaceLineEndings(" ")}");
    }

    /// <summary>Writes the state even on a full disk, and never throws: the original failure must reach the user.</summary>
    /// <param name="state">See <see cref="SetState"/>.</param>
    public void TrySetState(string state)
    {
        try
        {
            SetState(state);
        }
        catch (StorageException)
        {
            TryOverwriteState(state);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lock.Dispose();
    }

    // Overwrites the file, which already has its block, because a full disk has none left for a new one.
    private void TryOverwriteState(string state)
    {
        const int Block = 4096;
        try
        {
            using var file = new FileStream(Folder.StateFile, FileMode.Open, FileAccess.Write, FileShare.Read, bufferSize: 0);
            var line = Encoding.UTF8.GetBytes(state);
            file.Write([.. line.AsSpan(0, Math.Min(line.Length, Block - 1)), (byte)'\n']);
            file.SetLength(file.Position);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A read-only file system: the state remains, as after a kill.
        }
    }

    private static IReadOnlyList<OptionDifference> Check(RunFolder folder, Experiment experiment, ulong seed, bool allowChanges)
    {
        if (File.Exists(folder.Path))
        {
            throw new RunException($"{folder.Path} is a file, not a directory. Give a directory with --out.");
        }

        if (!Directory.Exists(folder.Path))
        {
            return [];
        }

        if (!File.Exists(folder.ExperimentFile))
        {
            if (Directory.EnumerateFileSystemEntries(folder.Path).Any(entry => !IsBeginning(folder, entry)))
            {
                throw new RunException(
                    $"{folder.Path} contains other files and no experiment.json. Give an empty or new directory with --out.");
            }

            return [];
        }

        var (found, foundSeed) = Read(folder.Path);
        if (foundSeed != seed)
        {
            throw new RunException(
                $"{folder.Path} holds a run with seed {foundSeed}, not {seed}. Give another directory with --out, or --seed {foundSeed}.");
        }

        var differences = ExperimentDiff.Between(found, experiment);
        if (differences.Count > 0 && !allowChanges)
        {
            throw new RunException(
                $"{folder.Path} holds another experiment: {string.Join(", ", differences)}. " +
                "Give another directory with --out, or the same options; --allow-changes continues with the new ones.");
        }

        var refusals = ExperimentChange.Refusals(found, experiment, differences);
        return refusals.Count == 0
            ? differences
            : throw new RunException(
                $"{folder.Path} cannot continue with {string.Join("; nor with ", refusals)}. " +
                "--allow-changes cannot change this within a run: give another directory with --out.");
    }

    // What is left of a start that a full disk or a kill has ended before experiment.json was written.
    private static bool IsBeginning(RunFolder folder, string entry)
    {
        var unfinished = $".{Path.GetFileName(folder.ExperimentFile)}.";
        var name = Path.GetFileName(entry);
        return name == Path.GetFileName(folder.LockFile)
            || (name.StartsWith(unfinished, StringComparison.Ordinal) && name.EndsWith(".tmp", StringComparison.Ordinal));
    }

    // Damaged checkpoints are ignored here: they are reported when the run starts.
    private static int NewestStep(RunFolder folder)
    {
        return new CheckpointStore(folder.Checkpoints, kept: 2).FindNewest((_, _) => { })?.State.Progress.Step ?? 0;
    }

    private static FileStream AcquireLock(RunFolder folder) => HeldFile.TryHold(folder.LockFile)
        ?? throw new RunHeldException(
            $"Another process is running {folder.Path}. Wait for it or stop it, or give another directory with --out.");
}
