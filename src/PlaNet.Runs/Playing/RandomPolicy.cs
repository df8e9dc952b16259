using PlaNet.Environments;
using PlaNet.Common;

namespace PlaNet.Runs.Playing;

/// <summary>
/// Uniform random actions within the bounds, or uniform random choices, sampled independently at every decision: the policy of the seed
/// episodes.
/// </summary>
/// <param name="action">The actions.</param>
/// <param name="random">One random stream per environment.</param>
public sealed class RandomPolicy(ActionSpec action, params IReadOnlyList<RandomStream> random) : IPolicy
{
    /// <inheritdoc/>
    public float[][] Act(IReadOnlyList<Percept> percepts)
    {
        ArgumentNullException.ThrowIfNull(percepts);
        var actions = new float[percepts.Count][];
        for (var i = 0; i < actions.Length; i++)
        {
            if (action.IsDiscrete)
            {
                actions[i] = action.Choose(random[i].NextInt32(action.Size));
                continue;
            }

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
