using PlaNet.Experiments;

namespace PlaNet.Objectives;

/// <summary>The rewards that the states of sequences predict (docs/algorithm.md, "Objective").</summary>
/// <param name="Rewards">The reward that each state predicts, [batch, states], for the first states of each sequence.</param>
/// <param name="Padding">States without a reward because they are padding; null for none.</param>
internal sealed record RewardTargets(Tensor Rewards, Padding? Padding)
{
    /// <summary>Aligns rewards with the states that predict them.</summary>
    /// <param name="rewards">The reward of the step into each state, [batch, time].</param>
    /// <param name="alignment">Which reward a state predicts.</param>
    /// <param name="padding">Steps that are padding; null for none.</param>
    /// <exception cref="ArgumentException">The sequences have only one step, so no reward follows a state.</exception>
    public static RewardTargets Of(Tensor rewards, RewardAlignment alignment, Padding? padding)
    {
        if (alignment == RewardAlignment.Into)
        {
            return new RewardTargets(rewards, padding);
        }

        var states = rewards.shape[1] - 1;
        return states > 0
            ? new RewardTargets(rewards.narrow(1, 1, states), padding?.From(1))
            : throw new ArgumentException(
                "Sequences of one step have no reward out of a state: give at least two steps, or set objective.reward_alignment to into.",
                nameof(rewards));
    }

    /// <summary>The features of the states that have a target, [batch, states - offset, features].</summary>
    /// <param name="features">Features of states at consecutive steps, [batch, at least states - offset, features].</param>
    /// <param name="offset">Step of the first state. Default 0.</param>
    public Tensor Predictors(Tensor features, int offset = 0)
    {
        var states = Rewards.shape[1] - offset;
        return states == features.shape[1] ? features : features.narrow(1, 0, states);
    }

    /// <summary>The targets without the first steps, [batch, states - offset].</summary>
    /// <param name="offset">Steps to leave out.</param>
    public Tensor From(int offset)
    {
        return Rewards.narrow(1, offset, Rewards.shape[1] - offset);
    }
}
