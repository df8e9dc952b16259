using System.Text.Json;

namespace PlaNet.Cluster.Nodes;

/// <summary>How grids are run on this machine, as <c>hocon/planet.conf</c> holds it.</summary>
public sealed record GridSettings
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Seconds after which a node that was not heard of loses its runs. At least three times <see cref="HeartbeatSeconds"/>. Default 60.</summary>
    public double LeaseSeconds { get; init; } = 60;

    /// <summary>Seconds between two heartbeats. Above 0. Default 10.</summary>
    public double HeartbeatSeconds { get; init; } = 10;

    /// <summary>Seconds between two looks of a run or a collector at the exchange of episodes. Above 0. Default 0.5.</summary>
    public double PollSeconds { get; init; } = 0.5;

    /// <summary>Failures with which a run fails for good. At least 1. Default 3.</summary>
    public int Failures { get; init; } = 3;

    /// <summary>Reads the section "grid" of a file of settings; the defaults where it is absent.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="Stores.GridStoreException">The section is wrong: the message names the value, the rule and the remedy.</exception>
    public static GridSettings Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(
                File.ReadAllText(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            var settings = document.RootElement.TryGetProperty("grid", out var section)
                ? section.Deserialize<GridSettings>(s_json) ?? new GridSettings()
                : new GridSettings();
            Require(path, settings.HeartbeatSeconds > 0, "heartbeat_seconds", settings.HeartbeatSeconds, "must be above 0");
            Require(
                path,
                settings.LeaseSeconds >= 3 * settings.HeartbeatSeconds,
                "lease_seconds",
                settings.LeaseSeconds,
                $"must be at least 3 times grid.heartbeat_seconds, which is {settings.HeartbeatSeconds}");
            Require(path, settings.PollSeconds > 0, "poll_seconds", settings.PollSeconds, "must be above 0");
            Require(path, settings.Failures >= 1, "failures", settings.Failures, "must be at least 1");
            return settings;
        }
        catch (JsonException exception)
        {
            throw new Stores.GridStoreException($"{path} cannot be read: {exception.Message} Correct it, or take the file from the repository.", exception);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new Stores.GridStoreException($"{path} does not exist. Take the file from the repository.", exception);
        }
    }

    private static void Require(string path, bool holds, string name, object value, string rule)
    {
        if (!holds)
        {
            throw new Stores.GridStoreException($"{path}: grid.{name} is {value} but {rule}. Correct it.");
        }
    }
}
