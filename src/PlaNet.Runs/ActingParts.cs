using System.Collections.Concurrent;
using PlaNet.Environments;
using PlaNet.Experiments;
using PlaNet.Replay;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Playing;
using PlaNet.Runs.Schedule;
using PlaNet.Runs.Settings;

namespace PlaNet.Runs;

/// <summary>Dependencies of the roles that play episodes. They stay the same for the lifetime of the roles.</summary>
/// <param name="Experiment">The experiment of the run.</param>
/// <param name="Device">Device of the models.</param>
/// <param name="Settings">Settings of this machine.</param>
/// <param name="Time">Clock of timers and durations.</param>
/// <param name="Tasks">Environment specification of each task.</param>
/// <param name="Watch">Receives the events of the run, one at a time.</param>
/// <param name="Faults">Faults to inject.</param>
/// <param name="Interrupt">Cancelled when the run is to stop.</param>
public record ActingParts(
    Experiment Experiment,
    Device Device,
    PlanetSettings Settings,
    TimeProvider Time,
    IReadOnlyList<EnvironmentSpec> Tasks,
    Action<RunEvent> Watch,
    FaultInjector Faults,
    CancellationToken Interrupt)
{
    private readonly ConcurrentDictionary<string, bool> _warnings = new(StringComparer.Ordinal);

    /// <summary>Whether collection and evaluation run in parallel with the updates.</summary>
    public bool Overlapped => Experiment.Schedule.Order == ScheduleOrder.Overlapped;

    /// <summary>Size of an action, equal for all tasks.</summary>
    public int ActionSize => Tasks[0].Action.Size;

    /// <summary>Whether a task announces that its episodes can terminate.</summary>
    public bool Terminates => Tasks.Any(task => task.Terminates);

    /// <summary>What an episode must satisfy to enter the replay.</summary>
    public EpisodeRule EpisodeRule => Playing.Tasks.RuleOf(Experiment.Task, Tasks);

    /// <summary>Numbers of an observed state vector, S; 0 if the agent observes none.</summary>
    public int StateSize => EpisodeRule.StateSize;

    /// <summary>
    /// Environments of a collector, which is also the number of episodes that it plays in parallel. Default: 1 in lockstep, otherwise
    /// <see cref="ScheduleOptions.Environments"/>.
    /// </summary>
    public int Environments { get; init; } =
        Experiment.Schedule.Order == ScheduleOrder.Overlapped ? Experiment.Schedule.Environments : 1;

    /// <summary>Keeps what the planner believed at a recent decision. Default null: nobody looks.</summary>
    public RecentDecision? Decisions { get; init; }

    /// <summary>Cores that this process may use. Default: <see cref="Environment.ProcessorCount"/>.</summary>
    public int Cores { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// Name of the thread on which a role computes with tensors. In lockstep only one role computes at a time, so all roles share one
    /// thread: the tensor library starts a thread pool for each thread that calls it.
    /// </summary>
    public string TensorThread(string role) => Overlapped ? role : "device";

    /// <summary>
    /// Threads of an update: those of the experiment, limited to the cores that the roles acting in parallel leave free. Threads that share
    /// a core slow each other down.
    /// </summary>
    /// <param name="beside">Number of roles that act in parallel. 0 in lockstep, so that the result is constant there.</param>
    public int UpdateThreads(int beside)
    {
        var compute = Experiment.Compute;
        return beside == 0 ? compute.Threads : Math.Clamp(Cores - (beside * compute.ActingThreads), 1, compute.Threads);
    }

    /// <summary>Publishes a warning, unless it was published before.</summary>
    /// <param name="message">The warning.</param>
    public void WarnOnce(string message)
    {
        if (_warnings.TryAdd(message, true))
        {
            Watch(new RunWarning(new RunProgress(), message));
        }
    }

    /// <summary>Sets the number of threads that the tensor library uses for work started on the calling thread.</summary>
    /// <param name="learner">Whether the caller is the learner. When overlapped, other roles have a separate number of threads.</param>
    public void UseThreads(bool learner)
    {
        var threads = learner || !Overlapped ? Experiment.Compute.Threads : Experiment.Compute.ActingThreads;

        // The first query on a thread resets its number to the one that any thread set last, so the number is set again after it.
        set_num_threads(threads);
        _ = get_num_threads();
        set_num_threads(threads);
    }
}
