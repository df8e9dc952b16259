using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PlaNet.Common;
using PlaNet.Experiments;
using PlaNet.Replay;

namespace PlaNet.Runs;

/// <summary>
/// The episodes of a folder from which a run learns instead of seed episodes (docs/episodes.md). Their hash is part of the run's experiment
/// (<see cref="ReplayOptions.EpisodesHash"/>), and the run directory has a copy of them, so that a run is resumed without the folder.
/// </summary>
public sealed class GivenEpisodes
{
    // Files of a run are found again by the end of their name, which is that of their seed. Given ones must not be taken for these.
    private const string Suffix = "-given";
    private const int LongestName = 90;

    private readonly IReadOnlyList<Given> _episodes;

    private GivenEpisodes(string folder, IReadOnlyList<Given> episodes)
    {
        Folder = folder;
        _episodes = episodes;
        List = string.Concat(episodes.Select(episode => $"{episode.Sha256}  {episode.Name}{EpisodeFile.Extension}\n"));
        Hash = HashOf(List);
    }

    /// <summary>Absolute path of the folder.</summary>
    public string Folder { get; }

    /// <summary>SHA-256 of <see cref="List"/>, 64 hexadecimal digits.</summary>
    public string Hash { get; }

    /// <summary>The files with their SHA-256, one line each, ordered by name: what <c>sha256sum *.npz</c> prints in the folder.</summary>
    public string List { get; }

    /// <summary>Number of episodes. At least 1.</summary>
    public int Count => _episodes.Count;

    /// <summary>Decisions of all episodes.</summary>
    public long Steps => _episodes.Sum(episode => (long)episode.Length - 1);

    /// <summary>Reads and checks all episodes of a folder; other files in it are ignored.</summary>
    /// <param name="folder">The folder, absolute or relative to the working directory.</param>
    /// <param name="progress">Receives the number of episodes read so far, and of all.</param>
    /// <exception cref="RunException">
    /// The folder does not exist or has no episodes, or one of them cannot be used. The message names the first such file, the reason and
    /// the remedy.
    /// </exception>
    public static GivenEpisodes Take(string folder, Action<int, int>? progress = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var full = Path.GetFullPath(folder);
        if (!Directory.Exists(full))
        {
            throw new RunException(
                $"replay.episodes_from: there is no folder {full}. Give a folder with episodes ({EpisodeFile.Extension} files).");
        }

        try
        {
            var files = Directory.GetFiles(full, "*" + EpisodeFile.Extension)
                .Where(file => !Path.GetFileName(file).StartsWith('.'))
                .Order(StringComparer.Ordinal)
                .ToArray();
            var episodes = new Given[files.Length];
            for (var i = 0; i < files.Length; i++)
            {
                episodes[i] = Read(files[i]);
                progress?.Invoke(i + 1, files.Length);
            }

            return episodes.Length > 0
                ? new GivenEpisodes(full, episodes)
                : throw new RunException(
                    $"replay.episodes_from: {full} has no {EpisodeFile.Extension} file. Give a folder with episodes; planet import makes "
                    + "them from recordings of other programs.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new RunException(
                $"replay.episodes_from: {full} cannot be read: {failure.Message} Correct its permissions, or give another folder.",
                failure);
        }
    }

    /// <summary>
    /// The experiment with what it learns from: the hash and the number of the episodes in its folder, those of the run's record if the
    /// folder is gone, or the experiment unchanged if it has no such folder.
    /// </summary>
    /// <param name="experiment">A valid experiment.</param>
    /// <param name="run">The run directory if it is known, which need not exist.</param>
    /// <param name="progress">Receives the number of episodes read so far, and of all.</param>
    /// <exception cref="RunException">The episodes cannot be used, are not those of the hash, or are gone.</exception>
    public static (Experiment Experiment, GivenEpisodes? Episodes) Complete(
        Experiment experiment, string? run, Action<int, int>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        var replay = experiment.Replay;
        if (replay.EpisodesFrom.Length == 0)
        {
            return (experiment, null);
        }

        if (Directory.Exists(replay.EpisodesFrom))
        {
            var given = Take(replay.EpisodesFrom, progress);
            given.RequireHash(replay.EpisodesHash);
            return (ExperimentValidation.Require(With(experiment, given.Folder, given.Hash, given.Count)), given);
        }

        // The run has its copy.
        var folder = Path.GetFullPath(replay.EpisodesFrom);
        if (run is not null && File.Exists(new RunFolder(Path.GetFullPath(run)).GivenFile)
            && RunDirectory.Read(run).Experiment is { Replay: var known } recorded
            && (replay.EpisodesHash.Length > 0 ? replay.EpisodesHash == known.EpisodesHash : folder == known.EpisodesFrom))
        {
            return (With(experiment, folder, known.EpisodesHash, recorded.Schedule.SeedEpisodes), null);
        }

        return replay.EpisodesHash.Length > 0
            ? (experiment, null)
            : throw new RunException($"replay.episodes_from: there is no folder {folder}. Give a folder with episodes.");
    }

    /// <summary>In words for users: number of episodes, steps and folder.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Count} episode(s) of {Steps} steps in {Folder}, sha256 {Hash}");

    /// <summary>Checks that a run of this experiment can learn from the episodes.</summary>
    /// <param name="experiment">The experiment, which names the episodes.</param>
    /// <param name="rule">What its episodes must satisfy.</param>
    /// <exception cref="RunException">They are others than those it names, an episode breaks the rule, or none fills a chunk.</exception>
    internal void Require(Experiment experiment, EpisodeRule rule)
    {
        RequireHash(experiment.Replay.EpisodesHash);
        if (experiment.Schedule.SeedEpisodes != Count)
        {
            throw new RunException(
                $"schedule.seed_episodes is {experiment.Schedule.SeedEpisodes}, but {Folder} has {Count} episodes: it must be their "
                + $"number. Set schedule.seed_episodes={Count}.");
        }

        foreach (var episode in _episodes)
        {
            if (episode.ActionSize == rule.ActionSize && (episode.ImageShape == ImageShape.None) != (rule.ImageShape == ImageShape.None))
            {
                throw new RunException(
                    $"{PathOf(episode)}: it has {episode.ImageShape}, but task.observations is "
                    + $"{ExperimentOption.Format(experiment.Task.Observations)}, which needs {rule.ImageShape}. Set another task.observations.");
            }

            if (episode.ActionSize != rule.ActionSize || episode.ImageShape != rule.ImageShape)
            {
                var task = experiment.Task;
                var (shape, wanted) = (episode.ImageShape, rule.ImageShape);
                throw new RunException(episode.ActionSize != rule.ActionSize
                    ? $"{PathOf(episode)}: its actions have {episode.ActionSize} numbers, but those of the task {task.Name} have "
                        + $"{rule.ActionSize}. Set task.name to the task that was recorded, or, if it cannot be played here, "
                        + $"schedule.collect=none and task.action_size={episode.ActionSize}."
                    : shape.Channels != wanted.Channels
                    ? $"{PathOf(episode)}: its images have {shape.Channels} channel(s), but task.image_channels is {wanted.Channels}. "
                        + $"Set task.image_channels={shape.Channels}."
                    : $"{PathOf(episode)}: its images are {shape.Height}x{shape.Width}, but task.image_size is {wanted.Height}. "
                        + (shape.Height == shape.Width && shape.Height is >= TaskOptions.SmallestImage and <= TaskOptions.LargestImage
                            ? $"Set task.image_size={shape.Height}."
                            : "Record or scale them to a size of docs/models.md."));
            }

            RequireRule(episode, rule);
        }

        var longest = _episodes.Max(episode => episode.Length);
        if (longest < experiment.Replay.ChunkLength)
        {
            throw new RunException(
                $"replay.chunk_length is {experiment.Replay.ChunkLength}, but the longest episode of {Folder} has {longest} rows: it must "
                + $"be at most {longest}. Lower replay.chunk_length.");
        }
    }

    /// <summary>Copies the episodes into a run directory, then their list. Copies that are there are kept.</summary>
    /// <param name="folder">The run directory.</param>
    /// <exception cref="RunException">A file has changed since it was checked.</exception>
    /// <exception cref="StorageException">A file cannot be written.</exception>
    internal void CopyTo(RunFolder folder)
    {
        Directory.CreateDirectory(folder.TrainEpisodes);
        foreach (var episode in _episodes)
        {
            var copy = Path.Combine(folder.TrainEpisodes, episode.Name + Suffix + EpisodeFile.Extension);
            if (File.Exists(copy) && HashOf(File.ReadAllBytes(copy)) == episode.Sha256)
            {
                continue;
            }

            var content = File.ReadAllBytes(PathOf(episode));
            if (HashOf(content) != episode.Sha256)
            {
                throw new RunException($"{PathOf(episode)} has changed while the run started: give a folder that nobody writes to.");
            }

            AtomicFile.Write(copy, stream => stream.Write(content));
        }

        AtomicFile.WriteText(folder.GivenFile, List);
    }

    /// <summary>The given episodes of a run directory, in their order.</summary>
    /// <param name="folder">The run directory.</param>
    /// <param name="hash">The hash in the run's experiment.</param>
    /// <exception cref="RunException">Their list is missing or damaged.</exception>
    internal static IReadOnlyList<EpisodeReference> Of(RunFolder folder, string hash)
    {
        var list = File.Exists(folder.GivenFile) ? File.ReadAllText(folder.GivenFile) : null;
        if (list is null || HashOf(list) != hash)
        {
            throw new RunException(
                $"replay.episodes_hash is {hash}, but {folder.GivenFile} {(list is null ? "is missing" : "is damaged")}: give the folder "
                + "of these episodes with replay.episodes_from, which writes the file.");
        }

        return
        [
            .. list.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split("  ", 2))
                .Select(line => new EpisodeReference(line[1][..^EpisodeFile.Extension.Length] + Suffix, line[0])),
        ];
    }

    // State vectors and choices, which are read without the images.
    private void RequireRule(Given episode, EpisodeRule rule)
    {
        try
        {
            EpisodeFile.ReadEntry(PathOf(episode), rule);
        }
        catch (EpisodeFileException unusable)
        {
            throw new RunException(
                $"{PathOf(episode)} cannot be used: {unusable.Reason} Correct the file, or set task.name and task.observations to what was "
                + "recorded.",
                unusable);
        }
    }

    private static Experiment With(Experiment experiment, string folder, string hash, int count) => experiment with
    {
        Replay = experiment.Replay with { EpisodesFrom = folder, EpisodesHash = hash },
        Schedule = experiment.Schedule with { SeedEpisodes = count },
    };

    private static Given Read(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        var content = File.ReadAllBytes(file);
        try
        {
            var episode = EpisodeFile.FromBytes(name, content);

            // Shapes are compared with the task later, which may have to be started to know them.
            if (new EpisodeRule(episode.ImageShape, episode.ActionSize).FlawOf(episode) is { } flaw)
            {
                throw new EpisodeFileException(name, flaw);
            }

            if (name.Length > LongestName)
            {
                throw new EpisodeFileException(name, $"its name has {name.Length} characters, but must have at most {LongestName}.");
            }

            return new Given(name, HashOf(content), episode.ImageShape, episode.ActionSize, episode.Length);
        }
        catch (EpisodeFileException unusable)
        {
            throw new RunException(
                $"replay.episodes_from: {file} cannot be used: {unusable.Reason} Correct the file or move it out of the folder; planet "
                + "import converts recordings of other programs.",
                unusable);
        }
    }

    private static string HashOf(string text) => HashOf(Encoding.UTF8.GetBytes(text));

    private static string HashOf(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private void RequireHash(string hash)
    {
        if (hash.Length > 0 && hash != Hash)
        {
            throw new RunException(
                $"replay.episodes_hash is {hash}, but the episodes of {Folder} have {Hash}: give the folder of these episodes with "
                + "replay.episodes_from, or set replay.episodes_hash= to learn from others in another run.");
        }
    }

    private string PathOf(Given episode) => Path.Combine(Folder, episode.Name + EpisodeFile.Extension);

    /// <summary>One episode of the folder.</summary>
    /// <param name="Name">Name of its file without the extension.</param>
    /// <param name="Sha256">SHA-256 of its file.</param>
    /// <param name="ImageShape">Shape of the images.</param>
    /// <param name="ActionSize">Action dimensions.</param>
    /// <param name="Length">Rows.</param>
    private sealed record Given(string Name, string Sha256, ImageShape ImageShape, int ActionSize, int Length);
}
