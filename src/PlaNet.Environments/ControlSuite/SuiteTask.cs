using PlaNet.Common;

namespace PlaNet.Environments.ControlSuite;

/// <summary>What is to be done with a body: where an episode starts, what is seen of it and what earns reward.</summary>
/// <typeparam name="TPhysics">The body.</typeparam>
public abstract class SuiteTask<TPhysics>
    where TPhysics : Physics
{
    /// <summary>What is seen, in order.</summary>
    public abstract IReadOnlyList<Observable<TPhysics>> Observables { get; }

    /// <summary>Puts the body into a starting state. Called within a reset, on the default pose.</summary>
    /// <param name="physics">The body.</param>
    /// <param name="random">The episode's randomness.</param>
    public abstract void Initialise(TPhysics physics, RandomStream random);

    /// <summary>Reward of the control step that led to the present state, in [0, 1].</summary>
    /// <param name="physics">The body.</param>
    public abstract double Reward(TPhysics physics);
}

/// <summary>A named observation of a body.</summary>
/// <typeparam name="TPhysics">The body.</typeparam>
/// <param name="Name">Name, such as "position".</param>
/// <param name="Size">Number of values.</param>
/// <param name="Read">Reads the values of the present state.</param>
public sealed record Observable<TPhysics>(string Name, int Size, Action<TPhysics, Span<double>> Read);
