using PlaNet.Environments;
using PlaNet.Common;

namespace PlaNet.Runs.Playing;

/// <summary>
/// Gaussian noise around zero, clipped to the action bounds and sampled independently at every decision: equivalent to exploration noise
/// around a plan of zeros (random data collection in docs/experiments.md).
/// </summary>
/// <param name="action">The action bounds; for choices, use <see cref="RandomPolicy"/>.</param>
/// <param name="stddev">Standard deviation of the noise before clipping.</param>
/// <param name="random">One random stream per environment.</param>
public sealed class NoisePolicy(ActionSpec action, double stddev, params IReadOnlyList<RandomStream> random) : IPolicy
{
    /// <inheritdoc/>
    public float[][] Act(IReadOnlyList<Percept> percepts)
    {
        ArgumentNullException.ThrowIfNull(percepts);
        var actions = new float[percepts.Count][];
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
