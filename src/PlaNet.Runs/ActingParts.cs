using PlaNet.Environments;
using PlaNet.Experiments;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Settings;

namespace PlaNet.Runs;

/// <summary>What the roles that play episodes are made with: none of it changes while they live.</summary>
/// <param name="Experiment">The experiment.</param>
/// <param name="Device">Where models live.</param>
/// <param name="Settings">Settings of the machine.</param>
/// <param name="Time">The clock.</param>
/// <param name="Tasks">What the environment of each task takes and gives.</param>
/// <param name="Watch">Told what happens, one event at a time.</param>
/// <param name="Faults">What is to go wrong.</param>
/// <param name="Interrupt">Asks to stop.</param>
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
    /// <summary>Whether collection and evaluation run beside the updates.</summary>
    public bool Overlapped => Experiment.Schedule.Order == ScheduleOrder.Overlapped;

    /// <summary>Size of an action: the same for every task.</summary>
    public int ActionSize => Tasks[0].Action.Size;

    /// <summary>Environments of a collector, which plays as many episodes at once. Default as the experiment says; one in lockstep.</summary>
    public int Environments { get; init; } = Experiment.Schedule.Order == ScheduleOrder.Overlapped ? Experiment.Schedule.Environments : 1;

    /// <summary>Cores that this process may use. Default as the system says.</summary>
    public int Cores { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// Thread of a role that computes with tensors. In lockstep only one of them has work at a time, and one thread for all of them spares
    /// the tensor library a second team of threads.
    /// </summary>
    /// <param name="role">Name of the role.</param>
    public string TensorThread(string role) => Overlapped ? role : "device";

    /// <summary>
    /// Threads of an update: those of the experiment, but no more than the cores hold beside the roles that act meanwhile. Teams of threads
    /// that share a core wait for one another.
    /// </summary>
    /// <param name="beside">Roles that act meanwhile; none in lockstep, where the number therefore never changes.</param>
    public int UpdateThreads(int beside)
    {
        var compute = Experiment.Compute;
        return beside == 0 ? compute.Threads : Math.Clamp(Cores - (beside * compute.ActingThreads), 1, compute.Threads);
    }

    /// <summary>Sets how many threads the tensor library uses for work that is begun on the calling thread.</summary>
    /// <param name="learner">Whether the learner calls: those beside it have threads of their own, not to get into its way.</param>
    public void UseThreads(bool learner)
    {
        var threads = learner || !Overlapped ? Experiment.Compute.Threads : Experiment.Compute.ActingThreads;

        // The library sets a thread up by the latest number of any thread when it first asks for it, so the number is set once more.
        set_num_threads(threads);
        _ = get_num_threads();
        set_num_threads(threads);
    }
}
