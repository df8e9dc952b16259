namespace PlaNet;

/// <summary>Chooses the actions of one episode in each of one or many environments.</summary>
public interface IPolicy : IDisposable
{
    /// <summary>One decision for each environment.</summary>
    /// <param name="percepts">The observation of each environment.</param>
    /// <returns>The action for each environment, within its bounds.</returns>
    float[][] Act(IReadOnlyList<Percept> percepts);
}
