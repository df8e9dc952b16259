using System.Security.Cryptography;
using System.Text.Json;
using PlaNet.Common;
using PlaNet.Tensors;

namespace PlaNet.Runs.Checkpoints;

/// <summary>
/// The checkpoints of a run, one folder each, named by the step of the schedule. A folder appears whole or not at all: it is written
/// beside its place and renamed, its manifest with the hash of every file last. The newest few are kept.
/// </summary>
/// <param name="folder">The run's checkpoint folder.</param>
/// <param name="kept">Newest checkpoints that are kept, at least 2.</param>
/// <param name="writing">Called when everything but the renaming is done: what it throws is a failure of the disk. Default nothing.</param>
public sealed class CheckpointStore(string folder, int kept, Action? writing = null)
{
    private const string Manifest = "manifest.json";
    private const string ModelFile = "model.safetensors";
    private const string OptimizerFile = "optimizer.safetensors";
    private const string StateFile = "state.json";

    /// <summary>Saves the state of a run.</summary>
    /// <param name="learner">Model and optimiser.</param>
    /// <param name="state">Everything else.</param>
    /// <returns>The checkpoint's folder.</returns>
    /// <exception cref="StorageException">The disk refused; earlier checkpoints are untouched.</exception>
    public string Save(Learner learner, RunState state)
    {
        ArgumentNullException.ThrowIfNull(learner);
        ArgumentNullException.ThrowIfNull(state);
        using var scope = NewDisposeScope();
        var target = Path.Combine(folder, state.Progress.Step.ToString("D9"));
        var temporary = Path.Combine(folder, $".{state.Progress.Step:D9}.tmp");
        try
        {
            Directory.CreateDirectory(folder);
            DeleteFolder(temporary);
            Directory.CreateDirectory(temporary);
            AtomicFile.Write(Path.Combine(temporary, ModelFile), stream => Safetensors.Write(stream, learner.Model.state_dict()));
            AtomicFile.Write(Path.Combine(temporary, OptimizerFile), stream => Safetensors.Write(stream, learner.Optimizer.state_dict()));
            AtomicFile.WriteText(Path.Combine(temporary, StateFile), state.ToJson());
            var hashes = new[] { ModelFile, OptimizerFile, StateFile }.ToDictionary(name => name, name => Hash(Path.Combine(temporary, name)));
            AtomicFile.Write(Path.Combine(temporary, Manifest), stream =>
            {
                stream.Write(JsonSerializer.SerializeToUtf8Bytes(hashes));
                writing?.Invoke();
            });
            DeleteFolder(target);
            Directory.Move(temporary, target);
            AtomicFile.FlushFolder(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            TryDelete(temporary);
            throw StorageException.Of(target, exception);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }

        // One of a later step can only be one that was found damaged when the run resumed from an older one: the run takes those steps again.
        // Counted among those kept, it would push out whole ones.
        var later = Newest().TakeWhile(checkpoint => !string.Equals(checkpoint, target, StringComparison.Ordinal)).ToArray();
        foreach (var doomed in later.Concat(Newest().Skip(later.Length + kept)).ToArray())
        {
            DeleteFolder(doomed);
        }

        return target;
    }

    /// <summary>Removes what a killed process left half-written. Only for the one process that runs the run.</summary>
    public void DeleteStrays()
    {
        if (Directory.Exists(folder))
        {
            Array.ForEach(Directory.GetDirectories(folder, ".*.tmp"), DeleteFolder);
        }
    }

    /// <summary>Finds the newest whole checkpoint.</summary>
    /// <param name="damaged">Told about each newer checkpoint that is not whole: its folder and what is wrong.</param>
    /// <returns>Its folder and state, or null when there is none.</returns>
    /// <exception cref="RunException">The newest whole checkpoint is of a newer form than this program reads.</exception>
    public (string Folder, RunState State)? FindNewest(Action<string, string> damaged)
    {
        ArgumentNullException.ThrowIfNull(damaged);
        if (!Directory.Exists(folder))
        {
            return null;
        }

        foreach (var candidate in Newest())
        {
            try
            {
                Verify(candidate);
                return (candidate, RunState.FromJson(File.ReadAllText(Path.Combine(candidate, StateFile))));
            }
            catch (Exception exception) when (exception is IOException or InvalidDataException or JsonException)
            {
                damaged(candidate, exception.Message);
            }
        }

        return null;
    }

    /// <summary>Loads model and optimiser.</summary>
    /// <param name="checkpoint">A folder that <see cref="FindNewest"/> returned.</param>
    /// <param name="learner">Takes them in.</param>
    public static void Load(string checkpoint, Learner learner)
    {
        ArgumentNullException.ThrowIfNull(learner);
        LoadModel(checkpoint, learner.Model);
        using var content = Safetensors.Read(Path.Combine(checkpoint, OptimizerFile));
        learner.Optimizer.load_state_dict(content.Tensors);
    }

    /// <summary>Loads the model alone.</summary>
    /// <param name="checkpoint">A folder that <see cref="FindNewest"/> returned.</param>
    /// <param name="model">Takes the weights in.</param>
    public static void LoadModel(string checkpoint, Models.WorldModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var content = Safetensors.Read(Path.Combine(checkpoint, ModelFile));
        StateDicts.Load(model, content.Tensors);
    }

    private string[] Newest()
    {
        return [.. Directory.GetDirectories(folder)
            .Where(path => Path.GetFileName(path).All(char.IsAsciiDigit))
            .OrderDescending(StringComparer.Ordinal)];
    }

    private static void Verify(string checkpoint)
    {
        var manifest = Path.Combine(checkpoint, Manifest);
        if (!File.Exists(manifest))
        {
            throw new InvalidDataException("it has no manifest.json");
        }

        var hashes = JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(manifest))
            ?? throw new InvalidDataException("its manifest.json is empty");
        foreach (var (name, expected) in hashes)
        {
            var path = Path.Combine(checkpoint, name);
            if (!File.Exists(path))
            {
                throw new InvalidDataException($"{name} is missing");
            }

            if (!string.Equals(Hash(path), expected, StringComparison.Ordinal))
            {
                throw new InvalidDataException($"{name} differs from its hash in manifest.json");
            }
        }
    }

    private static string Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static void TryDelete(string path)
    {
        try
        {
            DeleteFolder(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The first error says what went wrong; what is left is deleted when the run resumes.
        }
    }

    // Renamed first, so that a kill in the middle leaves nothing that looks like a checkpoint.
    private static void DeleteFolder(string path)
    {
        if (!Directory.Exists(path))
        {
            return;
        }

        var doomed = path;
        if (!Path.GetFileName(path).StartsWith('.'))
        {
            doomed = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.old.tmp");
            if (Directory.Exists(doomed))
            {
                Directory.Delete(doomed, recursive: true);
            }

            Directory.Move(path, doomed);
        }

        Directory.Delete(doomed, recursive: true);
    }
}
