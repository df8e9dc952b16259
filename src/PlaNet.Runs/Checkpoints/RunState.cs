using System.Text.Json;
using PlaNet.Replay;
using PlaNet.Runs.Schedule;

namespace PlaNet.Runs.Checkpoints;

/// <summary>
/// The contents of a checkpoint apart from tensors. No state of random generators is needed: for each update, episode and evaluation, every
/// generator is seeded from the run's seed and the number of that update, episode or evaluation.
/// </summary>
/// <param name="Format">Version of the checkpoint format.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="ExperimentHash">Hash of the experiment.</param>
/// <param name="Progress">Position in the schedule.</param>
/// <param name="TrainEpisodes">Training episodes in the order of collection.</param>
/// <param name="TestEpisodes">Held-out episodes in the order of collection.</param>
/// <param name="Seconds">Wall-clock seconds so far, summed over all processes of the run.</param>
/// <param name="LastReturn">Return of the newest training episode; null before the first.</param>
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
    /// <summary>The format version that this program writes, and the newest that it reads.</summary>
    public const int CurrentFormat = 1;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Skip,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The state at the start of a run.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="experimentHash">Hash of the experiment.</param>
    /// <param name="given">Episodes that the run has instead of seed episodes. Default none.</param>
    public static RunState Start(ulong seed, string experimentHash, IReadOnlyList<EpisodeReference>? given = null)
    {
        return new RunState(
            CurrentFormat, seed, experimentHash, new RunProgress(SeedEpisodes: given?.Count ?? 0), given ?? [], [], 0, null);
    }

    /// <summary>The state as JSON.</summary>
    public string ToJson()
    {
        return JsonSerializer.Serialize(this, Json) + "\n";
    }

    /// <summary>Reads the text that <see cref="ToJson"/> writes.</summary>
    /// <param name="json">Content of a checkpoint's <c>state.json</c>.</param>
    /// <exception cref="InvalidDataException">The text is not the state of a checkpoint.</exception>
    /// <exception cref="RunException">The state has a newer format. It is intact, so an older checkpoint must not replace it.</exception>
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
                    $"The newest checkpoint has the format {format}, this program reads up to {CurrentFormat}: " +
                    "use the program version that wrote it, or a newer one.");
            }

            state = JsonSerializer.Deserialize<RunState>(json, Json);
        }
        catch (Exception exception)
            when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException("state.json is not a JSON object with the fields of a checkpoint's state", exception);
        }

        return state ?? throw new InvalidDataException("state.json is null");
    }
}
