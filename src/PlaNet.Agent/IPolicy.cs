namespace PlaNet;

/// <summary>Chooses the actions of one episode in each of one or many environments.</summary>
public interface IPolicy : IDisposable
{
    /// <summary>One decision for each environment.</summary>
    /// <param name="images">The image each environment shows, [64, 64, 3] of uint8 each.</param>
    /// <returns>The action for each environment, within its bounds.</returns>
    float[][] Act(IReadOnlyList<byte[]> images);
}
