using System.Text.Json;
using System.Text.Json.Serialization;

namespace PlaNet.Training;

/// <summary>Settings of the machine, not of an experiment, as <c>hocon/planet.conf</c> holds them: none changes a result.</summary>
public sealed record MachineSettings
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Where runs go when no directory is given. Default "runs".</summary>
    public string RunsDirectory { get; init; } = "runs";

    /// <summary>Newest checkpoints that are kept. At least 2. Default 2.</summary>
    public int CheckpointsKept { get; init; } = 2;

    /// <summary>Seconds between two progress lines when the output is not a terminal. At least 1. Default 10.</summary>
    public double ProgressSeconds { get; init; } = 10;

    /// <summary>Assemblies with experiments and grids of your own, separated as in PATH. Default none.</summary>
    public string Experiments { get; init; } = "";

    /// <summary>Seconds that an environment in a process of its own has to answer a reset or a step. Above 0, at most a day. Default 30.</summary>
    public double EnvironmentAnswerSeconds { get; init; } = 30;

    /// <summary>Seconds that an environment in a process of its own has to start. Above 0, at most a day. Default 60.</summary>
    public double EnvironmentStartSeconds { get; init; } = 60;

    /// <summary>The same as a patience.</summary>
    [JsonIgnore]
    public EnvironmentPatience EnvironmentPatience => new(TimeSpan.FromSeconds(EnvironmentStartSeconds), TimeSpan.FromSeconds(EnvironmentAnswerSeconds));

    /// <summary>
    /// Seconds that an environment of a run has for a step or a reset, and to be made; then it is taken for hanging and replaced.
    /// Above 0 and at most 86400. Default 60.
    /// </summary>
    public double EnvironmentTimeoutSeconds { get; init; } = 60;

    /// <summary>Reads the settings.</summary>
    /// <param name="path">The file: JSON with comments, everything under "planet".</param>
    /// <exception cref="RunException">The file is missing or wrong: the message names the value, the rule and the remedy.</exception>
    public static MachineSettings Read(string path)
    {
        try
        {
            var settings = JsonSerializer.Deserialize<Document>(File.ReadAllText(path), Json)?.Planet
                ?? throw new RunException($"{path} has no settings under \"planet\". Take the file from the repository.");
            Require(path, settings.RunsDirectory.Length > 0, "runs_directory", settings.RunsDirectory, "must not be empty");
            Require(path, settings.CheckpointsKept >= 2, "checkpoints_kept", settings.CheckpointsKept, "must be at least 2");
            Require(path, settings.ProgressSeconds >= 1, "progress_seconds", settings.ProgressSeconds, "must be at least 1");
            Require(path, settings.EnvironmentAnswerSeconds is > 0 and <= 86_400, "environment_answer_seconds", settings.EnvironmentAnswerSeconds, "must be above 0 and at most 86400");
            Require(
                path, settings.EnvironmentStartSeconds is > 0 and <= 86_400, "environment_start_seconds", settings.EnvironmentStartSeconds,
                "must be above 0 and at most 86400");
            Require(
                path, settings.EnvironmentTimeoutSeconds is > 0 and <= 86_400, "environment_timeout_seconds", settings.EnvironmentTimeoutSeconds,
                "must be above 0 and at most 86400");
            return settings;
        }
        catch (JsonException exception)
        {
            throw new RunException($"{path} cannot be read: {exception.Message} Correct it, or take the file from the repository.");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new RunException($"{path} does not exist. Take the file from the repository.");
        }
    }

    private static void Require(string path, bool holds, string name, object value, string rule)
    {
        if (!holds)
        {
            throw new RunException($"{path}: {name} is {value} but {rule}. Correct it.");
        }
    }

    /// <summary>The whole file: the other sections are read, and checked, by the rooms they belong to.</summary>
    private sealed record Document([property: JsonRequired] MachineSettings? Planet, JsonElement Supervision, JsonElement Mailboxes, JsonElement Grid);
}
