using System.Text.Json;
using PlaNet.Replay;
using PlaNet.Runs.Schedule;

namespace PlaNet.Runs.Checkpoints;

/// <summary>
/// Everything a checkpoint holds besides tensors. Every generator of a run is seeded for each update, episode and evaluation
/// from the run's seed and the number of that update, episode or evaluation, so that the progress is their whole state.
/// </summary>
/// <param name="Format">Version of the checkpoint's form.</param>
/// <param name="Seed">The run's seed.</param>
/// <param name="ExperimentHash">Hash of the experiment.</param>
/// <param name="Progress">Position in the schedule.</param>
/// <param name="TrainEpisodes">Training episodes, in the order in which they were collected.</param>
/// <param name="TestEpisodes">Held-out episodes, in the order in which they were collected.</param>
/// <param name="Seconds">Wall-clock seconds spent so far, over all processes.</param>
/// <param name="LastReturn">Return of the last collected training episode, or null before the first.</param>
public sealed record RunState(
    int Format,
    ulong Seed,
    string ExperimentHash,
    RunProgress Progress,
    IReadOnlyList<EpisodeReference> TrainEpisodes,
    IReadOnlyList<EpisodeReference> TestEpisodes,
    double Seconds,
    double? LastReturn)
{
    /// <summary>The version this code writes.</summary>
    public const int CurrentFormat = 1;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Skip,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The state at the start of a run.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="experimentHash">Hash of the experiment.</param>
    public static RunState Start(ulong seed, string experimentHash)
    {
        return new RunState(CurrentFormat, seed, experimentHash, new RunProgress(), [], [], 0, null);
    }

    /// <summary>The state as JSON.</summary>
    public string ToJson()
    {
        return JsonSerializer.Serialize(this, Json) + "\n";
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The text.</param>
    /// <exception cref="InvalidDataException">The text is not a checkpoint's state.</exception>
    /// <exception cref="RunException">The state is of a newer form: nothing is wrong with it, so nothing older may take its place.</exception>
    public static RunState FromJson(string json)
    {
        RunState? state;
        try
        {
            using var document = JsonDocument.Parse(json);
            var format = document.RootElement.GetProperty("format").GetInt32();
            if (format > CurrentFormat)
            {
                throw new RunException(
                    $"The newest checkpoint is of format {format}, this program reads up to {CurrentFormat}: use the version that wrote it, or a newer one.");
            }

            state = JsonSerializer.Deserialize<RunState>(json, Json);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"state.json is damaged: {exception.Message}", exception);
        }

        return state ?? throw new InvalidDataException("state.json is empty.");
    }
}
