using System.Text.Json;
using System.Text.Json.Nodes;
using PlaNet.Experiments;
using PlaNet.Replay;

namespace PlaNet.Training;

/// <summary>A run directory, held by one process: checks that it belongs to the experiment, and says how the run stands.</summary>
public sealed class RunDirectory : IDisposable
{
    private readonly FileStream _lock;

    private RunDirectory(RunFolder folder, FileStream held)
    {
        Folder = folder;
        _lock = held;
    }

    /// <summary>Where its parts lie.</summary>
    public RunFolder Folder { get; }

    /// <summary>Takes a run directory, creating it where it does not exist.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="experiment">The experiment.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="facts">What the run is started with: program and library versions, device. Recorded, not compared.</param>
    /// <exception cref="RunException">
    /// The directory cannot be written, holds another experiment or seed or other things, or another process runs it.
    /// </exception>
    public static RunDirectory Open(string path, Experiment experiment, ulong seed, IReadOnlyDictionary<string, string> facts)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(facts);
        var folder = new RunFolder(Path.GetFullPath(path));
        try
        {
            Check(folder, experiment, seed);
            Directory.CreateDirectory(folder.Path);
            var held = Hold(folder);
            try
            {
                Directory.CreateDirectory(folder.Videos);
                foreach (var written in new[] { folder.Path, folder.Videos, folder.Report }.Where(Directory.Exists))
                {
                    AtomicFile.DeleteStrays(written);
                }

                if (!File.Exists(folder.ExperimentFile))
                {
                    AtomicFile.WriteText(folder.ExperimentFile, Describe(experiment, seed, facts));
                }

                var directory = new RunDirectory(folder, held);
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
            throw new RunException($"Cannot write to the run directory {folder.Path}: {exception.Message} Give another with --out.");
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

    private static void Check(RunFolder folder, Experiment experiment, ulong seed)
    {
        if (File.Exists(folder.Path))
        {
            throw new RunException($"{folder.Path} is a file, not a directory. Give another with --out.");
        }

        if (!Directory.Exists(folder.Path))
        {
            return;
        }

        if (!File.Exists(folder.ExperimentFile))
        {
            if (Directory.EnumerateFileSystemEntries(folder.Path).Any(entry => !string.Equals(Path.GetFileName(entry), "lock", StringComparison.Ordinal)))
            {
                throw new RunException($"{folder.Path} holds other files and no experiment.json. Give an empty or new directory with --out.");
            }

            return;
        }

        var (found, foundSeed) = Read(folder.Path);
        if (foundSeed != seed)
        {
            throw new RunException($"{folder.Path} holds a run with seed {foundSeed}, not {seed}. Give another directory with --out, or --seed {foundSeed}.");
        }

        var differences = ExperimentDiff.Between(found, experiment);
        if (differences.Count > 0)
        {
            throw new RunException(
                $"{folder.Path} holds another experiment: {string.Join(", ", differences)}. Give another directory with --out, or the same options.");
        }
    }

    private static FileStream Hold(RunFolder folder)
    {
        try
        {
            return new FileStream(folder.LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(folder.LockFile))
        {
            throw new RunException($"Another process is running {folder.Path}. Wait for it or stop it, or give another directory with --out.");
        }
    }

    private static string Describe(Experiment experiment, ulong seed, IReadOnlyDictionary<string, string> facts)
    {
        var json = new JsonObject
        {
            ["experiment"] = JsonNode.Parse(ExperimentJson.Write(experiment)),
            ["seed"] = seed,
            ["hash"] = ExperimentHash.Of(experiment),
            ["started_with"] = new JsonObject(facts.Select(fact => KeyValuePair.Create<string, JsonNode?>(fact.Key, fact.Value))),
        };
        return json.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n";
    }
}
