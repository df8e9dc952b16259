using System.Buffers;
using System.Text.Json;
using PlaNet.Common;
using PlaNet.Runs.Playing;
using PlaNet.Runs.Schedule;

namespace PlaNet.Runs.Results;

/// <summary>What a run does now, as its <c>live.json</c> says it (docs/runs.md).</summary>
/// <param name="Status">Progress and rates.</param>
/// <param name="Left">Estimated time until the run is complete; null while it is unknown.</param>
/// <param name="MemoryBytes">Resident memory of the process.</param>
/// <param name="Roles">What each role has done.</param>
/// <param name="Decision">A recent decision; null before the first planned one.</param>
public sealed record LiveState(
    RunStatus Status, TimeSpan? Left, long MemoryBytes, IReadOnlyList<RoleStatus> Roles, ObservedDecision? Decision)
{
    /// <summary>Writes the state as JSON. Numbers that are not finite are null.</summary>
    /// <param name="output">Receives UTF-8.</param>
    /// <param name="time">Time of the state.</param>
    /// <param name="started">Time at which this process began the run.</param>
    public void WriteJson(IBufferWriter<byte> output, DateTimeOffset time, DateTimeOffset started)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("time", time.UtcDateTime);
        json.WriteNumber("pid", Environment.ProcessId);
        json.WriteString("started", started.UtcDateTime);
        WriteProgress(json);
        WriteNumber(json, "seconds_left", Left?.TotalSeconds);
        json.WriteStartObject("rates");
        WriteNumber(json, "updates_per_second", Status.Updates.PerSecond);
        WriteNumber(json, "decisions_per_second", Status.Decisions.PerSecond);
        json.WriteEndObject();
        json.WriteNumber("memory_bytes", MemoryBytes);
        WriteRoles(json);
        WriteDecision(json);
        json.WriteEndObject();
    }

    private static string Name(RunStep step) => step == RunStep.Evaluate ? "evaluate" : "collect";

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        json.WritePropertyName(name);
        WriteValue(json, value);
    }

    private static void WriteValue(Utf8JsonWriter json, double? value)
    {
        if (value is { } known && double.IsFinite(known))
        {
            json.WriteNumberValue(known);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    private static void WriteNumbers(Utf8JsonWriter json, IEnumerable<float> values)
    {
        json.WriteStartArray();
        foreach (var value in values)
        {
            // As float, so that 0.3 is not written as 0.30000001192092896.
            if (float.IsFinite(value))
            {
                json.WriteNumberValue(value);
            }
            else
            {
                json.WriteNullValue();
            }
        }

        json.WriteEndArray();
    }

    private static void WriteRows(Utf8JsonWriter json, string name, IEnumerable<float[]> rows)
    {
        json.WriteStartArray(name);
        foreach (var row in rows)
        {
            WriteNumbers(json, row);
        }

        json.WriteEndArray();
    }

    private void WriteProgress(Utf8JsonWriter json)
    {
        var (progress, schedule) = (Status.Progress, Status.Schedule);
        json.WriteStartObject("progress");
        json.WriteNumber("step", progress.Step);
        json.WriteNumber("steps_planned", schedule.Steps);
        json.WriteNumber("updates", progress.Updates);
        json.WriteNumber("updates_planned", schedule.Updates);
        json.WriteNumber("episodes", progress.Episodes);
        json.WriteNumber("episodes_planned", schedule.Episodes);
        json.WriteNumber("evaluations", progress.Evaluations);
        json.WriteNumber("evaluations_planned", schedule.Evaluations);
        WriteNumber(json, "decision", Status.Decision?.Decision);
        WriteNumber(json, "decisions", Status.Decision?.Decisions);
        json.WriteEndObject();
    }

    private void WriteRoles(Utf8JsonWriter json)
    {
        json.WriteStartArray("roles");
        foreach (var role in Roles)
        {
            json.WriteStartObject();
            json.WriteString("name", role.Name);
            json.WriteNumber("restarts", role.Restarts);
            json.WriteNumber("mailbox", role.Mailbox);
            json.WriteNumber("messages", role.Messages);
            json.WriteNumber("busy_seconds", Math.Round(role.BusySeconds, 3));
            json.WriteString("doing", role.Doing);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteDecision(Utf8JsonWriter json)
    {
        if (Decision is not { } decision)
        {
            json.WriteNull("decision");
            return;
        }

        var belief = decision.Belief;
        json.WriteStartObject("decision");
        json.WriteString("step", Name(decision.Step));
        json.WriteNumber("episode", decision.Episode);
        json.WriteString("task", decision.Task);
        json.WriteNumber("decision", decision.Decision);
        json.WriteNumber("decisions", decision.Decisions);
        json.WritePropertyName("action");
        WriteNumbers(json, belief.Action);
        json.WriteBoolean("discrete", belief.IsDiscrete);
        WriteRows(json, "belief_mean", belief.Mean);

        // The deviation of a choice follows from its probability, and there can be a thousand choices.
        WriteRows(json, "belief_std", belief.IsDiscrete ? [] : belief.Stddev);
        json.WritePropertyName("predicted_rewards");
        WriteNumbers(json, belief.Rewards);
        WriteNumber(json, "predicted_reward", belief.Rewards[0]);
        WriteNumber(json, "reward", decision.Reward);
        json.WriteEndObject();
    }
}

/// <summary>
/// Keeps the state of a run and writes it to a file once a second, and once at the end. A failed write is one warning; the next ones are
/// tried nevertheless. Thread-safe.
/// </summary>
public sealed class LiveFile : IDisposable
{
    /// <summary>Time between two writes: 1 second.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Lock _writing = new();
    private readonly string _path;
    private readonly Func<IReadOnlyList<RoleStatus>> _roles;
    private readonly RecentDecision _decisions;
    private readonly TimeProvider _time;
    private readonly Action<string> _warn;
    private readonly long _begun;
    private readonly DateTimeOffset _started;
    private readonly ITimer _timer;
    private RunStatus _status;
    private bool _warned;
    private bool _ended;

    /// <summary>Begins to write.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="status">Status at the start.</param>
    /// <param name="roles">Returns what each role has done.</param>
    /// <param name="decisions">Keeps a recent decision.</param>
    /// <param name="time">The clock.</param>
    /// <param name="warn">Receives the warning about a failed write, on any thread.</param>
    public LiveFile(
        string path,
        RunStatus status,
        Func<IReadOnlyList<RoleStatus>> roles,
        RecentDecision decisions,
        TimeProvider time,
        Action<string> warn)
    {
        ArgumentNullException.ThrowIfNull(time);
        (_path, _status, _roles, _decisions, _time, _warn) = (path, status, roles, decisions, time, warn);
        (_begun, _started) = (time.GetTimestamp(), time.GetUtcNow());
        _timer = time.CreateTimer(_ => WriteAgain(), null, Interval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The state now.</summary>
    public LiveState State
    {
        get
        {
            var now = _time.GetElapsedTime(_begun);
            RunStatus status;
            lock (_gate)
            {
                status = _status;
            }

            return new LiveState(status, status.Left(now), Environment.WorkingSet, _roles(), _decisions.Latest);
        }
    }

    /// <summary>Adds an event to the state.</summary>
    /// <param name="runEvent">The event.</param>
    public void Watch(RunEvent runEvent)
    {
        var now = _time.GetElapsedTime(_begun);
        lock (_gate)
        {
            _status = _status.After(runEvent, now);
        }
    }

    /// <summary>Writes the last state and ends.</summary>
    public void Dispose()
    {
        lock (_writing)
        {
            if (_ended)
            {
                return;
            }

            _ended = true;
            _timer.Dispose();
            Write();
        }
    }

    private void WriteAgain()
    {
        lock (_writing)
        {
            if (!_ended)
            {
                Write();
                _timer.Change(Interval, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Write()
    {
        try
        {
            var content = new ArrayBufferWriter<byte>();
            State.WriteJson(content, _time.GetUtcNow(), _started);
            AtomicFile.WriteTransient(_path, content.WrittenMemory);
        }
        catch (StorageException refused)
        {
            if (!_warned)
            {
                _warned = true;
                _warn($"{refused.Message} The run continues; pages that show it live have old values until a later write succeeds.");
            }
        }
    }
}
