using System.Diagnostics.Metrics;
using PlaNet.Runs.Schedule;

namespace PlaNet.Runs.Results;

/// <summary>
/// The metrics of a run for operators as instruments of .NET (docs/operators.md), which cost next to nothing while nobody listens. They
/// count from the start of the process; <c>metrics.jsonl</c> has the whole run.
/// </summary>
public sealed class RunMeter : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "PlaNet";

    private static readonly InstrumentAdvice<double> s_seconds = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1200],
    };

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _updates;
    private readonly Counter<long> _decisions;
    private readonly Counter<long> _episodes;
    private readonly Counter<long> _evaluations;
    private readonly Counter<long> _checkpoints;
    private readonly Counter<long> _incidents;
    private readonly Histogram<double> _updateSeconds;
    private readonly Histogram<double> _episodeSeconds;
    private readonly Histogram<double> _evaluationSeconds;
    private readonly Histogram<double> _checkpointSeconds;
    private readonly Gauge<double> _loss;
    private readonly Gauge<double> _gradientNorm;
    private readonly Gauge<double> _return;

    /// <summary>Creates the instruments.</summary>
    /// <param name="state">Returns what the run does now. Called whenever the metrics are collected.</param>
    /// <param name="counts">Returns the counters of the actor system.</param>
    public RunMeter(Func<LiveState> state, Func<ActorCounts> counts)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(counts);
        _updates = _meter.CreateCounter<long>("planet.updates", "{update}", "Updates of the model.");
        _decisions = _meter.CreateCounter<long>("planet.decisions", "{decision}", "Decisions of the planner in this process.");
        _episodes = _meter.CreateCounter<long>("planet.episodes", "{episode}", "Collected episodes.");
        _evaluations = _meter.CreateCounter<long>("planet.evaluations", "{evaluation}", "Evaluations.");
        _checkpoints = _meter.CreateCounter<long>("planet.checkpoints", "{checkpoint}", "Saved checkpoints.");
        _incidents = _meter.CreateCounter<long>("planet.incidents", "{incident}", "Replaced roles and refused updates.");
        _updateSeconds = Seconds("planet.update.duration", "Duration of an update, sampling the batch included.");
        _episodeSeconds = Seconds("planet.episode.duration", "Duration of collecting an episode.");
        _evaluationSeconds = Seconds("planet.evaluation.duration", "Duration of an evaluation.");
        _checkpointSeconds = Seconds("planet.checkpoint.duration", "Duration of saving a checkpoint.");
        _loss = _meter.CreateGauge<double>("planet.loss", null, "Terms of the objective of the latest update.");
        _gradientNorm = _meter.CreateGauge<double>("planet.gradient.norm", null, "Norm of the latest gradient before clipping.");
        _return = _meter.CreateGauge<double>("planet.return", null, "Return of the latest collected episode, and score of the evaluation.");
        _meter.CreateObservableGauge(
            "planet.progress", () => Fraction(state().Status), "1", "Completed part of the schedule's steps.");
        _meter.CreateObservableGauge(
            "planet.time.left",
            () => state().Left is { } left ? [new Measurement<double>(left.TotalSeconds)] : Array.Empty<Measurement<double>>(),
            "s",
            "Estimated time until the run is complete; absent while it is unknown.");
        _meter.CreateObservableGauge("planet.memory", static () => Environment.WorkingSet, "By", "Resident memory of the process.");
        _meter.CreateObservableCounter("planet.dead_letters", () => counts().DeadLetters, "{message}", "Undelivered messages.");
        _meter.CreateObservableCounter(
            "planet.stale_messages", () => counts().Stale, "{message}", "Dropped messages and results of ended incarnations.");
        _meter.CreateObservableCounter("planet.restarts", () => counts().Restarts, "{restart}", "Restarts of roles.");
        _meter.CreateObservableUpDownCounter(
            "planet.role.mailbox", () => OfRoles(state, role => (long)role.Mailbox), "{message}", "Messages and work that wait.");
        _meter.CreateObservableCounter(
            "planet.role.messages", () => OfRoles(state, role => role.Messages), "{message}", "Handled messages.");
        _meter.CreateObservableCounter(
            "planet.role.busy", () => OfRoles(state, role => role.BusySeconds), "s", "Time of handling messages and of work.");
    }

    /// <summary>Adds an event of the run.</summary>
    /// <param name="runEvent">Any event.</param>
    public void Watch(RunEvent runEvent)
    {
        switch (runEvent)
        {
            case UpdateDone update:
                _updates.Add(1);
                _updateSeconds.Record(update.Seconds);
                Record(update.Metrics);
                break;
            case DecisionMade decision:
                _decisions.Add(1, Kind(decision.Step == RunStep.Evaluate ? "evaluation" : "collection"));
                break;
            case EpisodeCollected episode:
                _episodes.Add(1, Kind(episode.Step switch
                {
                    RunStep.CollectSeedEpisode => "seed",
                    RunStep.CollectTestEpisode => "test",
                    _ => "training",
                }));
                _episodeSeconds.Record(episode.Seconds);
                if (episode.Step == RunStep.Collect)
                {
                    _return.Record(episode.Return, Kind("collection"));
                }

                break;
            case EvaluationDone evaluation:
                _evaluations.Add(1);
                _evaluationSeconds.Record(evaluation.Seconds);
                _return.Record(Summary.Of(evaluation.Returns).Mean, Kind("evaluation"));
                break;
            case CheckpointSaved saved:
                _checkpoints.Add(1);
                _checkpointSeconds.Record(saved.Seconds);
                break;
            case RunIncident incident:
                _incidents.Add(1, new KeyValuePair<string, object?>("source", incident.Source));
                break;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static double Fraction(RunStatus status) => status.Progress.Step / (double)Math.Max(status.Schedule.Steps, 1);

    private static IEnumerable<Measurement<T>> OfRoles<T>(Func<LiveState> state, Func<RoleStatus, T> value)
        where T : struct =>
        state().Roles.Select(role => new Measurement<T>(value(role), new KeyValuePair<string, object?>("role", role.Name)));

    private static KeyValuePair<string, object?> Kind(string kind) => new("kind", kind);

    private Histogram<double> Seconds(string name, string description) =>
        _meter.CreateHistogram(name, "s", description, tags: null, s_seconds);

    private void Record(UpdateMetrics metrics)
    {
        if (!_loss.Enabled)
        {
            return;
        }

        void Term(string name, double value) => _loss.Record(value, new KeyValuePair<string, object?>("term", name));
        Term("total", metrics.Loss);
        if (metrics.Image is { } image)
        {
            Term("image", image);
        }

        Term("reward", metrics.Reward);
        Term("divergence", metrics.Divergence);
        foreach (var (name, value) in metrics.OptionalTerms.Where(term => term.Name != "learning_rate"))
        {
            Term(name, value);
        }

        _gradientNorm.Record(metrics.GradientNorm);
    }
}
