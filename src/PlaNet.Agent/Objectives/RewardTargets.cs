using PlaNet.Experiments;

namespace PlaNet.Objectives;

/// <summary>The rewards that the states of sequences predict (spec 1.1).</summary>
/// <param name="Rewards">The reward that each state predicts, [batch, states]; the states are the first of each sequence.</param>
/// <param name="Padding">States that have no reward because they are padding; null for none.</param>
internal sealed record RewardTargets(Tensor Rewards, Padding? Padding)
{
    /// <summary>Aligns rewards with the states that predict them.</summary>
    /// <param name="rewards">The reward of the step into each state, [batch, time].</param>
    /// <param name="alignment">Which reward a state predicts.</param>
    /// <param name="padding">Steps that are padding; null for none.</param>
    /// <exception cref="ArgumentException">Nothing leaves the only state of the sequences.</exception>
    public static RewardTargets Of(Tensor rewards, RewardAlignment alignment, Padding? padding)
    {
        if (alignment == RewardAlignment.Into)
        {
            return new RewardTargets(rewards, padding);
        }

        var states = rewards.shape[1] - 1;
        return states > 0
            ? new RewardTargets(rewards.narrow(1, 1, states), padding?.From(1))
            : throw new ArgumentException("A sequence of one step has no reward out of it: give two steps or align rewards into states.", nameof(rewards));
    }

    /// <summary>What of these states predicts a reward.</summary>
    /// <param name="features">Features of states at consecutive steps, [batch, states + ..., features].</param>
    /// <param name="offset">Steps by which they begin later.</param>
    public Tensor Predictors(Tensor features, int offset = 0)
    {
        var states = Rewards.shape[1] - offset;
        return states == features.shape[1] ? features : features.narrow(1, 0, states);
    }

    /// <summary>The rewards of the states from an offset on, [batch, states - offset].</summary>
    /// <param name="offset">Steps to leave out.</param>
    public Tensor From(int offset)
    {
        return Rewards.narrow(1, offset, Rewards.shape[1] - offset);
    }
}
