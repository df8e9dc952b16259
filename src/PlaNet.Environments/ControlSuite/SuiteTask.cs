using PlaNet.Common;

namespace PlaNet.Environments.ControlSuite;

/// <summary>A task on a control-suite model: initial state, observations and reward.</summary>
/// <typeparam name="TPhysics">Physics that the task uses.</typeparam>
public abstract class SuiteTask<TPhysics>
    where TPhysics : Physics
{
    /// <summary>The observations, in order.</summary>
    public abstract IReadOnlyList<Observable<TPhysics>> Observables { get; }

    /// <summary>Time limit in control steps. Default 1000, as in the original suite.</summary>
    public virtual int ControlSteps => SuiteEnvironment.ControlSteps;

    /// <summary>Whether an episode can end in a terminal state. Default false, as in the original suite.</summary>
    public virtual bool Terminates => false;

    /// <summary>Sets an initial state. Called during a reset, on the default pose.</summary>
    /// <param name="physics">The model and its simulation.</param>
    /// <param name="random">Random numbers of the episode.</param>
    public abstract void Initialise(TPhysics physics, RandomStream random);

    /// <summary>Reward of the control step that led to the current state, in [0, 1].</summary>
    /// <param name="physics">The model and its simulation.</param>
    public abstract double Reward(TPhysics physics);

    /// <summary>Whether the current state is terminal. Default false.</summary>
    /// <param name="physics">The model and its simulation.</param>
    public virtual bool IsTerminal(TPhysics physics) => false;
}

/// <summary>A named observation.</summary>
/// <typeparam name="TPhysics">Physics that is observed.</typeparam>
/// <param name="Name">Name, such as "position".</param>
/// <param name="Size">Number of values.</param>
/// <param name="Read">Reads the values of the current state.</param>
public sealed record Observable<TPhysics>(string Name, int Size, Action<TPhysics, Span<double>> Read);
