using System.Diagnostics;
using PlaNet.Experiments;

namespace PlaNet.Inspection;

/// <summary>One phase of one update or decision.</summary>
/// <param name="Name">The phase; a part of the backward pass is called "backward: part".</param>
/// <param name="Round">Number of the update or decision, from 0.</param>
/// <param name="Start">Time since the first phase began.</param>
/// <param name="Duration">Length, phases inside it included.</param>
/// <param name="Depth">Number of phases around it; 0 for a whole update or decision.</param>
public sealed record Phase(string Name, int Round, TimeSpan Start, TimeSpan Duration, int Depth);

/// <summary>Times of a phase over all rounds.</summary>
/// <param name="Name">The phase.</param>
/// <param name="Seconds">Median over rounds of the time within an update or decision, in seconds.</param>
/// <param name="Share">Median over rounds of the share of the update or decision, from 0 to 1.</param>
public sealed record PhaseTime(string Name, double Seconds, double Share);

/// <summary>Where the time of updates and decisions goes, measured through <see cref="Phases"/>.</summary>
/// <param name="Updates">The phases of all timed updates, in the order of their start.</param>
/// <param name="Decisions">The phases of all timed decisions, in the order of their start.</param>
public sealed record PhaseTimes(IReadOnlyList<Phase> Updates, IReadOnlyList<Phase> Decisions)
{
    /// <summary>Name of the time outside all named phases.</summary>
    public const string Other = "other";

    private const int WarmUp = 3;

    /// <summary>Times updates and decisions on frames of noise.</summary>
    /// <param name="experiment">A valid experiment.</param>
    /// <param name="actionSize">Size of an action, at least 1.</param>
    /// <param name="device">Device of the model. On a GPU every phase waits for the device, so the sum is longer than an update.</param>
    /// <param name="rounds">Number of timed updates and decisions, at least 1. Default 20.</param>
    /// <param name="terminates">Whether a task announces that its episodes can terminate. Default false.</param>
    /// <param name="stateSize">Numbers of an observed state vector, S; 0 without state vectors. Default 0.</param>
    /// <param name="discrete">Whether actions are choices. Default false.</param>
    /// <param name="cancellation">Checked before every update and decision.</param>
    public static PhaseTimes Measure(
        Experiment experiment,
        int actionSize,
        Device device,
        int rounds = 20,
        bool terminates = false,
        int stateSize = 0,
        bool discrete = false,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(device);
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        using var learner = new Learner(experiment, actionSize, device, seed: 0, terminates, stateSize);
        using var agent = new Agent(learner.Model, experiment.Planner, 1, device, explorationNoise: 0, seed: 0, discrete);
        var batch = LearningCost.Noise(experiment, actionSize, stateSize);
        var percept = LearningCost.FirstOf(batch);
        return new PhaseTimes(
            Listen(rounds, device, Phases.Update, round => learner.Update(batch, (ulong)round), cancellation),
            Listen(rounds, device, Phases.Decision, _ => agent.Act([percept]), cancellation));
    }

    /// <summary>Sums up phases of the same name; the deepest phases count, so that the times add up to the whole.</summary>
    /// <param name="phases">The phases of updates or decisions.</param>
    /// <returns>
    /// First the whole update or decision, then its phases in the order of their first start, and last <see cref="Other"/>, the time
    /// outside all of them.
    /// </returns>
    public static IReadOnlyList<PhaseTime> Summarise(IReadOnlyList<Phase> phases)
    {
        ArgumentNullException.ThrowIfNull(phases);
        var rounds = phases.GroupBy(phase => phase.Round).Select(round => round.ToArray()).ToArray();
        var leaves = rounds.Select(round => round.Where(phase => IsLeaf(phase, round)).ToArray()).ToArray();
        var name = rounds[0].First(phase => phase.Depth == 0).Name;
        var wholes = rounds.Select(round => round.First(phase => phase.Depth == 0).Duration.TotalSeconds).ToArray();
        double[] Seconds(Func<Phase, bool> which) =>
            [.. leaves.Select(round => round.Where(which).Sum(leaf => leaf.Duration.TotalSeconds))];
        PhaseTime Time(string part, double[] seconds) =>
            new(part, Median(seconds), Median(seconds.Zip(wholes, (time, whole) => time / whole)));
        var parts = leaves.SelectMany(round => round).OrderBy(leaf => leaf.Start).Select(leaf => leaf.Name).Distinct();
        return
        [
            Time(name, wholes),
            .. parts.Select(part => Time(part, Seconds(leaf => leaf.Name == part))),
            Time(Other, [.. wholes.Zip(Seconds(_ => true), (whole, named) => whole - named)]),
        ];
    }

    private static bool IsLeaf(Phase phase, IEnumerable<Phase> round)
    {
        return phase.Depth > 0 && !round.Any(other =>
            other.Depth > phase.Depth && other.Start >= phase.Start && other.Start < phase.Start + phase.Duration);
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private static List<Phase> Listen(int rounds, Device device, string whole, Action<int> work, CancellationToken cancellation)
    {
        void Work(int count)
        {
            for (var round = 0; round < count; round++)
            {
                cancellation.ThrowIfCancellationRequested();
                work(round);
            }
        }

        Work(WarmUp);

        // Other updates of the process, on other threads, belong to other traces.
        using var trace = new Activity(nameof(PhaseTimes)).Start();
        var stopped = new List<Activity>();
        void Synchronize()
        {
            if (device.type == DeviceType.CUDA)
            {
                cuda.synchronize(device);
            }
        }

        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Phases.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                options.Parent.TraceId == trace.TraceId ? ActivitySamplingResult.AllData : ActivitySamplingResult.None,
            ActivityStarted = _ => Synchronize(),
            ActivityStopped = activity =>
            {
                if (activity.TraceId == trace.TraceId)
                {
                    Synchronize();
                    stopped.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        Work(rounds);
        var start = stopped.Min(activity => activity.StartTimeUtc);
        return [.. stopped
            .Where(activity => activity.OperationName == whole)
            .SelectMany((activity, round) => Within(activity, stopped, round, start, 0))
            .OrderBy(phase => phase.Start)];
    }

    private static IEnumerable<Phase> Within(Activity activity, List<Activity> all, int round, DateTime origin, int depth)
    {
        var parts = activity.OperationName == Phases.Backward ? BackwardParts(activity, round, origin, depth + 1) : [];
        return all.Where(other => other.ParentSpanId == activity.SpanId)
            .SelectMany(child => Within(child, all, round, origin, depth + 1))
            .Concat(parts)
            .Prepend(new Phase(activity.OperationName, round, activity.StartTimeUtc - origin, activity.Duration, depth));
    }

    // Each part lasts until the next begins; the first is everything between the loss and the first mark.
    private static IEnumerable<Phase> BackwardParts(Activity backward, int round, DateTime origin, int depth)
    {
        var end = backward.StartTimeUtc + backward.Duration;
        var marks = (backward.Parent?.Events ?? []).Select(mark => (mark.Name, Time: mark.Timestamp.UtcDateTime))
            .Prepend((Name: "losses", Time: backward.StartTimeUtc))
            .ToArray();
        return marks.Select((mark, i) => new Phase(
            $"{Phases.Backward}: {mark.Name}",
            round,
            mark.Time - origin,
            (i + 1 < marks.Length ? marks[i + 1].Time : end) - mark.Time,
            depth));
    }
}
