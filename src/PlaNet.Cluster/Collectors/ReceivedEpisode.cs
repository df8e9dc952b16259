using PlaNet.Environments;
using PlaNet.Replay;
using PlaNet.Runs;

namespace PlaNet.Cluster.Collectors;

/// <summary>The file of an episode was read, or was found not to be what was asked for.</summary>
/// <param name="Id">The episode.</param>
/// <param name="Episode">The episode; null where it cannot be used.</param>
/// <param name="Flaw">Why it cannot be used, as a sentence; null where it can.</param>
/// <param name="At">When, on the run's clock.</param>
internal sealed record EpisodeRead(EpisodeId Id, Episode? Episode, string? Flaw, long At);

/// <summary>Checks what a collector has delivered against what was asked for.</summary>
internal static class ReceivedEpisode
{
    /// <summary>Reads the file of an episode.</summary>
    /// <param name="parts">The run.</param>
    /// <param name="id">The episode.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="name">The name under which it was delivered.</param>
    /// <param name="file">Its file.</param>
    public static EpisodeRead Read(RunParts parts, EpisodeId id, EpisodeRequest request, string name, byte[] file)
    {
        var (episode, flaw) = Check(parts.Tasks[request.Task], request, name, file);
        return new EpisodeRead(id, flaw is null ? episode : null, flaw, parts.Time.GetTimestamp());
    }

    private static (Episode? Episode, string? Flaw) Check(EnvironmentSpec task, EpisodeRequest request, string name, byte[] file)
    {
        try
        {
            var episode = EpisodeFile.FromBytes(name, file);
            (string What, object? Is, object? Must)[] facts =
            [
                ("seed", episode.Seed, request.Seed),
                ("weights version", episode.WeightsVersion, request.WeightsVersion),
                ("size of images", episode.ImageShape, new ImageShape(task.Image!.Height, task.Image.Width)),
                ("size of actions", episode.ActionSize, task.Action.Size),
                ("number of decisions", episode.Length - 1, Math.Clamp(episode.Length - 1, 1, task.Decisions)),
            ];
            return facts.FirstOrDefault(fact => !Equals(fact.Is, fact.Must)) is (not null, _, _) wrong
                ? (null, $"its {wrong.What} is {wrong.Is ?? "none"} and must be {wrong.Must ?? "none"}.")
                : (episode, null);
        }
        catch (Exception failure) when (failure is EpisodeFileException or ArgumentException)
        {
            return (null, failure.Message);
        }
    }
}
