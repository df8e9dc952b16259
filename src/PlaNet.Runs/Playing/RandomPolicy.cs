using PlaNet.Environments;
using PlaNet.Common;

namespace PlaNet.Runs.Playing;

/// <summary>Actions uniform within the bounds, a fresh one at every decision: the policy of the seed episodes.</summary>
/// <param name="action">The bounds.</param>
/// <param name="random">One stream for each environment.</param>
public sealed class RandomPolicy(ActionSpec action, params IReadOnlyList<RandomStream> random) : IPolicy
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
                actions[i][j] = (float)random[i].NextUniform(action.Low[j], action.High[j]);
            }
        }

        return actions;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
