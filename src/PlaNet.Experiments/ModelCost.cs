namespace PlaNet.Experiments;

/// <summary>What one part of the world model costs.</summary>
/// <param name="Name">The part, as people call it.</param>
/// <param name="Parameters">Trainable numbers, biases included.</param>
/// <param name="MultiplyAdds">Multiply-adds for one item (a frame or a time step); biases and activations are not counted.</param>
public sealed record PartCost(string Name, long Parameters, long MultiplyAdds)
{
    internal static PartCost Sum(string name, params ReadOnlySpan<PartCost> layers)
    {
        long parameters = 0, multiplyAdds = 0;
        foreach (var layer in layers)
        {
            parameters += layer.Parameters;
            multiplyAdds += layer.MultiplyAdds;
        }

        return new PartCost(name, parameters, multiplyAdds);
    }

    internal static PartCost Dense(long inputs, long outputs) => new("dense", (inputs * outputs) + outputs, inputs * outputs);
}

/// <summary>
/// Parameters and arithmetic of an experiment's world model, from its sizes alone (section 2 and the appendix of the paper).
/// One multiply-add is two floating-point operations.
/// </summary>
public sealed record ModelCost
{
    private ModelCost()
    {
    }

    /// <summary>Four convolutions; per frame.</summary>
    public required PartCost Encoder { get; init; }

    /// <summary>A dense layer and four transposed convolutions; per frame.</summary>
    public required PartCost Decoder { get; init; }

    /// <summary>The transition, which predicts without images; per time step.</summary>
    public required PartCost Transition { get; init; }

    /// <summary>What training needs beyond the transition to see the image as well; per time step.</summary>
    public required PartCost Posterior { get; init; }

    /// <summary>The reward head; per time step.</summary>
    public required PartCost Reward { get; init; }

    /// <summary>The parts in the order in which data flows through them.</summary>
    public IReadOnlyList<PartCost> Parts => [Encoder, Transition, Posterior, Decoder, Reward];

    /// <summary>Trainable numbers of the whole model.</summary>
    public long Parameters => Parts.Sum(part => part.Parameters);

    /// <summary>
    /// Floating-point operations of one update, forward and backward: the backward pass costs twice the forward pass, less the gradient
    /// with respect to the images, which nobody needs. Overshooting counts the predictions that stay inside their chunk, which are those
    /// that are computed: D L - D (D - 1) / 2 transitions a chunk for D distances and L steps (spec 9.3).
    /// </summary>
    public required double UpdateFlops { get; init; }

    /// <summary>Floating-point operations with which the planner chooses one action: trajectories x horizon steps of transition and reward, forward.</summary>
    public required double PlanningFlops { get; init; }

    /// <summary>Floating-point operations with which one new frame is taken into the belief: encoder, transition and posterior.</summary>
    public required double FilteringFlops { get; init; }

    /// <summary>Floating-point operations of one decision: filtering and planning.</summary>
    public double DecisionFlops => FilteringFlops + PlanningFlops;

    /// <summary>The cost of an experiment.</summary>
    /// <param name="experiment">A sound experiment (<see cref="ExperimentValidation"/>).</param>
    /// <param name="actionSize">Numbers in an action of its task, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="actionSize"/> is below 1.</exception>
    public static ModelCost Of(Experiment experiment, int actionSize)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentOutOfRangeException.ThrowIfLessThan(actionSize, 1);
        var model = experiment.Model;
        var firstConvolution = Convolution(4, 3, model.Depth, positions: 31);
        var encoder = EncoderCost(model, firstConvolution);
        var decoder = DecoderCost(model);
        var (transition, posterior, filtering) = TransitionCost.Of(model, actionSize, Embedding(model));
        var reward = RewardCost(model);

        var forward = PartCost.Sum("", encoder, decoder, transition, posterior, reward).MultiplyAdds;
        var frames = (double)experiment.Replay.BatchSize * experiment.Replay.ChunkLength;
        var imagined = (double)experiment.Planner.Trajectories * experiment.Planner.Horizon;
        return new ModelCost
        {
            Encoder = encoder,
            Decoder = decoder,
            Transition = transition,
            Posterior = posterior,
            Reward = reward,
            UpdateFlops = (2 * frames * ((3 * forward) - firstConvolution.MultiplyAdds)) + (6 * Overshooting(experiment, transition, decoder, reward)),
            PlanningFlops = 2 * imagined * (transition.MultiplyAdds + reward.MultiplyAdds),
            FilteringFlops = 2 * (encoder.MultiplyAdds + filtering),
        };
    }

    // Multiply-adds of the forward pass.
    private static double Overshooting(Experiment experiment, PartCost transition, PartCost decoder, PartCost reward)
    {
        var (objective, length) = (experiment.Objective, experiment.Replay.ChunkLength);
        double Pairs(int distance)
        {
            double farthest = Math.Min(distance, length);
            return (farthest * length) - (farthest * (farthest - 1) / 2);
        }

        var rewarded = objective switch
        {
            { OvershootsRewards: false } => 0,
            { OvershootingReward: OvershootingReward.Prior } => Pairs(objective.OvershootingDistance) - length,
            _ => length,
        };
        var decoded = objective.OvershootsObservations ? Pairs(objective.ObservationOvershootingDistance) : 0;
        return experiment.Replay.BatchSize
            * ((Pairs(objective.ImaginedSteps) * transition.MultiplyAdds) + (rewarded * reward.MultiplyAdds) + (decoded * decoder.MultiplyAdds));
    }

    // The encoder ends in 2 x 2 pixels of 8 x depth channels.
    private static int Embedding(ModelOptions model) => 32 * model.Depth;

    private static PartCost EncoderCost(ModelOptions model, PartCost first) => PartCost.Sum(
        "encoder",
        first,
        Convolution(4, model.Depth, 2 * model.Depth, positions: 14),
        Convolution(4, 2 * model.Depth, 4 * model.Depth, positions: 6),
        Convolution(4, 4 * model.Depth, 8 * model.Depth, positions: 2));

    private static PartCost DecoderCost(ModelOptions model) => PartCost.Sum(
        "decoder",
        PartCost.Dense(TransitionCost.Features(model), Embedding(model)),
        Convolution(5, Embedding(model), 4 * model.Depth, positions: 1),
        Convolution(5, 4 * model.Depth, 2 * model.Depth, positions: 5),
        Convolution(6, 2 * model.Depth, model.Depth, positions: 13),
        Convolution(6, model.Depth, 3, positions: 30));

    private static PartCost RewardCost(ModelOptions model)
    {
        var cost = new PartCost("reward", 0, 0);
        var width = TransitionCost.Features(model);
        for (var layer = 0; layer < model.RewardLayers; layer++)
        {
            cost = PartCost.Sum(cost.Name, cost, PartCost.Dense(width, model.RewardUnits));
            width = model.RewardUnits;
        }

        return PartCost.Sum(cost.Name, cost, PartCost.Dense(width, 1));
    }

    /// <summary>
    /// A convolution or a transposed one. <paramref name="positions"/> is the side of the square over which the kernel moves: the output's
    /// for a convolution, the input's for a transposed one.
    /// </summary>
    private static PartCost Convolution(long kernel, long inputs, long outputs, long positions)
    {
        var weights = kernel * kernel * inputs * outputs;
        return new PartCost("convolution", weights + outputs, weights * positions * positions);
    }
}
