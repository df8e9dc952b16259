using System.Security.Cryptography;
using System.Text.Json;
using PlaNet.Common;
using PlaNet.Tensors;

namespace PlaNet.Runs.Checkpoints;

/// <summary>
/// The checkpoints of a run, one folder each, named by the step of the schedule. Saving is atomic: a checkpoint is written to a temporary
/// folder, its manifest with the hash of every file last, and then renamed. Only the newest checkpoints are kept.
/// </summary>
/// <param name="folder">The run's checkpoint folder.</param>
/// <param name="kept">Number of newest checkpoints to keep, at least 2.</param>
/// <param name="writing">Called before the folder is renamed, for fault injection. Its exceptions fail the save. Default: none.</param>
public sealed class CheckpointStore(string folder, int kept, Action? writing = null)
{
    private const string Manifest = "manifest.json";
    private const string ModelFile = "model.safetensors";
    private const string OptimizerFile = "optimizer.safetensors";
    private const string StateFile = "state.json";

    /// <summary>Saves a checkpoint.</summary>
    /// <param name="learner">Its model and optimiser are saved.</param>
    /// <param name="state">The state of the run apart from model and optimiser.</param>
    /// <returns>Folder of the checkpoint.</returns>
    /// <exception cref="StorageException">The checkpoint could not be written. Earlier checkpoints are unchanged.</exception>
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
            var hashes = new[] { ModelFile, OptimizerFile, StateFile }
                .ToDictionary(name => name, name => Hash(Path.Combine(temporary, name)));
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

        // A checkpoint of a later step was damaged, and the run resumed from an older one. If it counted as one of the newest, it would
        // displace intact checkpoints.
        var newest = Newest();
        var later = Array.IndexOf(newest, target);
        foreach (var obsolete in newest.Where((_, index) => index < later || index >= later + kept))
        {
            DeleteFolder(obsolete);
        }

        return target;
    }

    /// <summary>Deletes temporary folders of a killed process. Only for the process that has locked the run directory.</summary>
    public void DeleteStrays()
    {
        if (Directory.Exists(folder))
        {
            Array.ForEach(Directory.GetDirectories(folder, ".*.tmp"), DeleteFolder);
        }
    }

    /// <summary>Finds the newest intact checkpoint.</summary>
    /// <param name="damaged">Called with the folder and the reason for each newer checkpoint that is damaged.</param>
    /// <returns>Folder and state of the checkpoint, or null if there is none.</returns>
    /// <exception cref="RunException">The newest intact checkpoint has a newer format than this program reads.</exception>
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

    /// <summary>Folder of the newest checkpoint, which may be damaged; null if there is none.</summary>
    public string? NewestFolder() => Directory.Exists(folder) ? Newest().FirstOrDefault() : null;

    /// <summary>Loads model and optimiser.</summary>
    /// <param name="checkpoint">A folder returned by <see cref="FindNewest"/>.</param>
    /// <param name="learner">The learner to load into.</param>
    public static void Load(string checkpoint, Learner learner)
    {
        ArgumentNullException.ThrowIfNull(learner);
        LoadModel(checkpoint, learner.Model);
        using var content = Safetensors.Read(Path.Combine(checkpoint, OptimizerFile));
        learner.Optimizer.load_state_dict(content.Tensors);
    }

    /// <summary>Loads the model without the optimiser.</summary>
    /// <param name="checkpoint">A folder returned by <see cref="FindNewest"/>.</param>
    /// <param name="model">The model to load into.</param>
    /// <exception cref="RunException">The model has other sizes.</exception>
    public static void LoadModel(string checkpoint, Models.WorldModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        using var content = ReadModel(checkpoint);
        try
        {
            StateDicts.Load(model, content.Tensors);
        }
        catch (ArgumentException failure)
        {
            // The sizes in the experiment are compared before; a program announces that of its actions only when it is started.
            throw new RunException(
                $"{checkpoint} does not fit the experiment, whose actions have {model.ActionSize} numbers: "
                + $"{failure.Message} A program (task.command) must announce as many as when the run was made, and the same "
                + "\"terminates\".",
                failure);
        }
    }

    /// <summary>Reads the weights of the model by name.</summary>
    /// <param name="checkpoint">A folder returned by <see cref="FindNewest"/>.</param>
    internal static SafetensorsContent ReadModel(string checkpoint) => Safetensors.Read(Path.Combine(checkpoint, ModelFile));

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

        var hashes = ReadManifest(manifest);
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

    private static Dictionary<string, string> ReadManifest(string path)
    {
        const string Malformed = "its manifest.json is not a JSON object of file names and hashes";
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(path))
                ?? throw new InvalidDataException(Malformed);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException(Malformed, exception);
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
            // The caller reports the original error. The rest of the folder is deleted when the run resumes.
        }
    }

    // Renames the folder first, so that a kill during the deletion leaves no folder that looks like a checkpoint.
    private static void DeleteFolder(string path)
    {
        if (!Directory.Exists(path))
        {
            return;
        }

        var temporary = path;
        if (!Path.GetFileName(path).StartsWith('.'))
        {
            temporary = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.old.tmp");
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }

            Directory.Move(path, temporary);
        }

        Directory.Delete(temporary, recursive: true);
    }
}
