using PlaNet.MuJoCo;

namespace PlaNet.Environments;

/// <summary>An environment whose running episode can be saved and restored, as required by planning with the true simulator.</summary>
public interface IRestorableEnvironment : IEnvironment
{
    /// <summary>Copies the state of the running episode at its current step.</summary>
    /// <exception cref="InvalidOperationException">No episode is running.</exception>
    EnvironmentState SaveState();

    /// <summary>Restores a saved state: the same actions then give the same results, bit for bit.</summary>
    /// <param name="state">A state saved by this or another environment of the same task.</param>
    /// <exception cref="ArgumentException">The state belongs to another task.</exception>
    void RestoreState(EnvironmentState state);
}

/// <summary>State of an episode at one control step.</summary>
/// <param name="Task">Name of the task.</param>
/// <param name="Step">Control steps since the reset.</param>
/// <param name="Simulator">State of the simulation.</param>
/// <param name="ModelEdits">Values that the task edited in the compiled model.</param>
public sealed record EnvironmentState(string Task, int Step, SimulatorState Simulator, double[] ModelEdits);
