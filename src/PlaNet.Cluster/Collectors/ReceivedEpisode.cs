using PlaNet.Environments;
using PlaNet.Replay;
using PlaNet.Runs;

namespace PlaNet.Cluster.Collectors;

/// <summary>The file of an episode was read and checked.</summary>
/// <param name="Id">The episode and the claim on it.</param>
/// <param name="Episode">The episode; null if it cannot be used.</param>
/// <param name="Flaw">Why it cannot be used, as a sentence; null if it can.</param>
/// <param name="At">Timestamp of the check, on the run's clock.</param>
internal sealed record EpisodeRead(EpisodeId Id, Episode? Episode, string? Flaw, long At);

/// <summary>Checks a delivered episode against its request.</summary>
internal static class ReceivedEpisode
{
    /// <summary>Reads the file of an episode and checks seed, weights version, sizes and length against the request.</summary>
    public static EpisodeRead Read(RunParts parts, EpisodeId id, EpisodeRequest request, string name, byte[] file)
    {
        var (episode, flaw) = Check(parts.Tasks[request.Task], parts.EpisodeRule, request, name, file);
        return new EpisodeRead(id, flaw is null ? episode : null, flaw, parts.Time.GetTimestamp());
    }

    private static (Episode? Episode, string? Flaw) Check(
        EnvironmentSpec task, EpisodeRule rule, EpisodeRequest request, string name, byte[] file)
    {
        try
        {
            var episode = EpisodeFile.FromBytes(name, file);
            (string Field, object? Actual, object? Expected)[] checks =
            [
                ("seed", episode.Seed, request.Seed),
                ("weights version", episode.WeightsVersion, request.WeightsVersion),
                ("number of decisions", episode.Steps, Math.Min(episode.Steps, task.Decisions)),
            ];
            return rule.FlawOf(episode) is { } flaw ? (null, flaw)
                : checks.FirstOrDefault(check => !Equals(check.Actual, check.Expected)) is (not null, _, _) failed
                ? (null, $"its {failed.Field} is {failed.Actual ?? "none"}, but must be {failed.Expected ?? "none"}.")
                : (episode, null);
        }
        catch (Exception failure) when (failure is EpisodeFileException or ArgumentException)
        {
            return (null, failure.Message);
        }
    }
}
