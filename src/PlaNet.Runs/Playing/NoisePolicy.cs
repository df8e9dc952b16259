using PlaNet.Environments;
using PlaNet.Common;

namespace PlaNet.Runs.Playing;

/// <summary>
/// Gaussian noise around zero, clipped to the bounds, a fresh one at every decision: what an agent does that explores around a plan of
/// zeros (spec 6.2, random data collection).
/// </summary>
/// <param name="action">The bounds.</param>
/// <param name="stddev">Standard deviation of the noise before it is clipped.</param>
/// <param name="random">One stream for each environment.</param>
public sealed class NoisePolicy(ActionSpec action, double stddev, params IReadOnlyList<RandomStream> random) : IPolicy
{
    /// <inheritdoc/>
    public float[][] Act(IReadOnlyList<byte[]> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        var actions = new float[images.Count][];
        for (var i = 0; i < actions.Length; i++)
        {
            actions[i] = new float[action.Size];
            for (var j = 0; j < action.Size; j++)
            {
                actions[i][j] = Math.Clamp((float)(stddev * random[i].NextGaussian()), action.Low[j], action.High[j]);
            }
        }

        return actions;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
