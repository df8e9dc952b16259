namespace PlaNet;

/// <summary>Chooses actions in one or many environments through their episodes.</summary>
public interface IPolicy : IDisposable
{
    /// <summary>One decision for each environment.</summary>
    /// <param name="images">The image each environment shows, [64, 64, 3] of uint8 each.</param>
    /// <returns>The action for each environment, within its bounds.</returns>
    float[][] Act(IReadOnlyList<byte[]> images);
}
