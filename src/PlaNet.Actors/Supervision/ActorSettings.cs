using System.Text.Json;
using System.Text.Json.Serialization;

namespace PlaNet.Actors;

/// <summary>How actors are supervised: "supervision" in <c>hocon/planet.conf</c>. None changes a result.</summary>
public sealed record SupervisionSettings
{
    /// <summary>Restarts of one actor within the window; the next failure stops it. At least 0. Default 5.</summary>
    public int MaxRestarts { get; init; } = 5;

    /// <summary>Length of the sliding window, seconds. Above 0. Default 600.</summary>
    public double WithinSeconds { get; init; } = 600;

    /// <summary>Pause before the first restart, seconds; doubles with each within the window. At least 0. Default 0.5.</summary>
    public double MinBackoffSeconds { get; init; } = 0.5;

    /// <summary>Bound of the doubling, seconds. At least <see cref="MinBackoffSeconds"/>. Default 30.</summary>
    public double MaxBackoffSeconds { get; init; } = 30;

    /// <summary>A pause is longer by a random part of itself up to this fraction. 0 to 1. Default 0.2.</summary>
    public double Jitter { get; init; } = 0.2;

    /// <summary>Seconds that actors and their threads have to stop when the host is disposed of. Above 0. Default 30.</summary>
    public double ShutdownSeconds { get; init; } = 30;

    /// <summary>The same as a policy.</summary>
    [JsonIgnore]
    public RestartPolicy Restarts => new(
        MaxRestarts, TimeSpan.FromSeconds(WithinSeconds), TimeSpan.FromSeconds(MinBackoffSeconds), TimeSpan.FromSeconds(MaxBackoffSeconds), Jitter);
}

/// <summary>How messages wait: "mailboxes" in <c>hocon/planet.conf</c>. None changes a result.</summary>
public sealed record MailboxSettings
{
    /// <summary>Messages that wait in a mailbox before senders do. At least 1. Default 256.</summary>
    public int Capacity { get; init; } = 256;

    /// <summary>
    /// Seconds that an actor waits for room in another's mailbox before the message becomes a dead letter: what keeps two actors with
    /// full mailboxes that tell each other from waiting forever. Above 0. Default 5.
    /// </summary>
    public double FullWaitSeconds { get; init; } = 5;
}

/// <summary>Settings of the actor layer, as <c>hocon/planet.conf</c> holds them beside "planet".</summary>
public sealed record ActorSettings
{
    private const double LongestSeconds = 86_400 * 30.0;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Restarts and shutdown.</summary>
    public SupervisionSettings Supervision { get; init; } = new();

    /// <summary>Bounds of mailboxes.</summary>
    public MailboxSettings Mailboxes { get; init; } = new();

    /// <summary>Reads the settings; what the file leaves out has its default.</summary>
    /// <param name="path">The file: JSON with comments.</param>
    /// <exception cref="ActorSettingsException">The file is missing or wrong: the message names the value, the rule and the remedy.</exception>
    public static ActorSettings Read(string path)
    {
        try
        {
            var document = JsonSerializer.Deserialize<Document>(File.ReadAllText(path), Json) ?? new Document(default, null, null, default);
            var settings = new ActorSettings { Supervision = document.Supervision ?? new(), Mailboxes = document.Mailboxes ?? new() };
            settings.Check($"{path}: ");
            return settings;
        }
        catch (JsonException exception)
        {
            throw new ActorSettingsException($"{path} cannot be read: {exception.Message} Correct it, or take the file from the repository.");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ActorSettingsException($"{path} does not exist. Take the file from the repository.");
        }
    }

    internal void Check(string prefix = "")
    {
        var (supervision, mailboxes) = (Supervision, Mailboxes);
        Require(supervision.MaxRestarts >= 0, "supervision.max_restarts", supervision.MaxRestarts, "must be at least 0");
        Require(Seconds(supervision.WithinSeconds), "supervision.within_seconds", supervision.WithinSeconds, "must be above 0 and at most 30 days");
        Require(
            supervision.MinBackoffSeconds is >= 0 and <= LongestSeconds, "supervision.min_backoff_seconds", supervision.MinBackoffSeconds,
            "must be from 0 to 30 days");
        Require(
            supervision.MaxBackoffSeconds >= supervision.MinBackoffSeconds && supervision.MaxBackoffSeconds <= LongestSeconds,
            "supervision.max_backoff_seconds", supervision.MaxBackoffSeconds,
            $"must be from min_backoff_seconds ({supervision.MinBackoffSeconds}) to 30 days");
        Require(supervision.Jitter is >= 0 and <= 1, "supervision.jitter", supervision.Jitter, "must be from 0 to 1");
        Require(
            Seconds(supervision.ShutdownSeconds), "supervision.shutdown_seconds", supervision.ShutdownSeconds, "must be above 0 and at most 30 days");
        Require(mailboxes.Capacity >= 1, "mailboxes.capacity", mailboxes.Capacity, "must be at least 1");
        Require(Seconds(mailboxes.FullWaitSeconds), "mailboxes.full_wait_seconds", mailboxes.FullWaitSeconds, "must be above 0 and at most 30 days");

        void Require(bool holds, string name, object value, string rule)
        {
            if (!holds)
            {
                throw new ActorSettingsException($"{prefix}{name} is {value} but {rule}. Correct it.");
            }
        }
    }

    private static bool Seconds(double seconds) => seconds is > 0 and <= LongestSeconds;

    private sealed record Document(JsonElement Planet, SupervisionSettings? Supervision, MailboxSettings? Mailboxes, JsonElement Grid);
}

/// <summary>The settings of the actor layer cannot be used: the message names the value, the rule and the remedy.</summary>
/// <param name="message">One line.</param>
public sealed class ActorSettingsException(string message) : Exception(message);
