using PlaNet.Experiments.Rules;

namespace PlaNet.Experiments;

/// <summary>Sizes of the world model's networks (appendix A of the paper).</summary>
public sealed record ModelOptions
{
    /// <summary>Size of the stochastic state, Z. 1 to 65536. Default 30.</summary>
    [InRange(1, 65536)]
    public int StochasticSize { get; init; } = 30;

    /// <summary>Size of the deterministic state (the belief, GRU units), G. 1 to 65536. Default 200.</summary>
    [InRange(1, 65536)]
    public int BeliefSize { get; init; } = 200;

    /// <summary>Units of the dense layers around the GRU. 1 to 65536. Default 200.</summary>
    [InRange(1, 65536)]
    public int HiddenSize { get; init; } = 200;

    /// <summary>Channels of the encoder's first convolution; the others are 2, 4 and 8 times as many. 1 to 65536. Default 32.</summary>
    [InRange(1, 65536)]
    public int Depth { get; init; } = 32;

    /// <summary>Smallest standard deviation of the prior and the posterior. Positive. Default 0.1.</summary>
    [InRange(0, MinimumExclusive = true)]
    public double MinStddev { get; init; } = 0.1;

    /// <summary>Hidden layers of the reward head. 0 to 64. Default 3.</summary>
    [InRange(0, 64)]
    public int RewardLayers { get; init; } = 3;

    /// <summary>Units of each hidden layer of the reward head. 1 to 65536. Default 300.</summary>
    [InRange(1, 65536)]
    public int RewardUnits { get; init; } = 300;

    /// <summary>Bits to which image values are quantised before the model sees them, 1 to 8. Default 5.</summary>
    [InRange(1, 8)]
    public int ImageBits { get; init; } = 5;
}
