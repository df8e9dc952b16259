using System.Collections.Immutable;
using PlaNet.Experiments;
using PlaNet.Runs.Schedule;
using PlaNet.Telemetry;

namespace PlaNet.Runs.Results;

/// <summary>Where a run is and how fast, from its events. Times are those of any clock that starts at or before the run.</summary>
/// <param name="Experiment">A valid experiment.</param>
public sealed record RunStatus(Experiment Experiment)
{
    /// <summary>Number of returns that are kept.</summary>
    public const int KeptReturns = 200;

    /// <summary>Sizes of the schedule.</summary>
    public RunSchedule Schedule { get; } = new(Experiment);

    /// <summary>Progress of the run.</summary>
    public RunProgress Progress { get; init; } = new();

    /// <summary>The latest decision of the current episode or evaluation; null between them.</summary>
    public DecisionMade? Decision { get; init; }

    /// <summary>Terms of the latest update; null before the first.</summary>
    public UpdateMetrics? Losses { get; init; }

    /// <summary>Returns of the latest collected episodes, oldest first, at most <see cref="KeptReturns"/>.</summary>
    public ImmutableList<double> Returns { get; init; } = [];

    /// <summary>The latest evaluation; null before the first.</summary>
    public Summary? Score { get; init; }

    /// <summary>Updates per second, other work of the run included.</summary>
    public Rate Updates { get; init; } = new();

    /// <summary>Decisions per second of all players in this process. A decision for several environments at once counts once.</summary>
    public Rate Decisions { get; init; } = new();

    /// <summary>Durations of the steps.</summary>
    public RunForecast Forecast { get; init; } = new(Experiment);

    // Time of the latest progress.
    private TimeSpan At { get; init; }

    /// <summary>The status after an event.</summary>
    /// <param name="runEvent">The event.</param>
    /// <param name="now">Time of the event.</param>
    public RunStatus After(RunEvent runEvent, TimeSpan now)
    {
        ArgumentNullException.ThrowIfNull(runEvent);

        // The progress of a decision is that with which its episode was ordered, and warnings carry none.
        var next = runEvent is DecisionMade or RunWarning or RunIncident
            ? this
            : this with { Progress = runEvent.Progress, Forecast = Forecast.After(runEvent) };
        next = next.Progress == Progress ? next : next with { At = now };
        return runEvent switch
        {
            RunStarted => next with { Updates = Rate.Start(now), Decisions = Rate.Start(now), Decision = null },
            UpdateDone update => next with { Losses = update.Metrics, Updates = Updates.After(now) },
            DecisionMade decision => next with { Decision = decision, Decisions = Decisions.After(now) },
            EpisodeCollected { Step: RunStep.Collect } episode => next with
            {
                Decision = null,
                Returns = (Returns.Count < KeptReturns ? Returns : Returns.RemoveAt(0)).Add(episode.Return),
            },
            EvaluationDone evaluation => next with { Decision = null, Score = Summary.Of(evaluation.Returns) },
            _ => next,
        };
    }

    /// <summary>Estimated time until the run is complete, evaluations included; null while it is unknown.</summary>
    /// <param name="now">The time.</param>
    public TimeSpan? Left(TimeSpan now)
    {
        // The step in progress is partly done, but not more than that.
        var begun = Math.Min((now - At).TotalSeconds, Forecast.LongestStep);
        return Forecast.SecondsLeft(Progress) is { } seconds
            ? TimeSpan.FromSeconds(Math.Clamp(seconds - begun, 0, TimeSpan.MaxValue.TotalSeconds / 2))
            : null;
    }
}
