using PlaNet.MuJoCo;

namespace PlaNet.Environments;

/// <summary>An environment whose running episode can be saved and gone back to, as planning with the true simulator needs.</summary>
public interface IRestorableEnvironment : IEnvironment
{
    /// <summary>The running episode at its present step, as a value.</summary>
    /// <exception cref="InvalidOperationException">No episode is running.</exception>
    EnvironmentState SaveState();

    /// <summary>Goes back to a saved step: the same actions then lead to the same results, bit for bit.</summary>
    /// <param name="state">A state saved by this or another environment of the same task.</param>
    /// <exception cref="ArgumentException">The state belongs to another task.</exception>
    void RestoreState(EnvironmentState state);
}

/// <summary>A step of an episode.</summary>
/// <param name="Task">Name of the task.</param>
/// <param name="Step">Control steps taken.</param>
/// <param name="Simulator">State of the simulation.</param>
/// <param name="ModelEdits">What the task edited in the compiled model.</param>
public sealed record EnvironmentState(string Task, int Step, SimulatorState Simulator, double[] ModelEdits);
