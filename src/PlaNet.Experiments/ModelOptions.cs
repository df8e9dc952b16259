namespace PlaNet.Experiments;

/// <summary>Sizes of the world model's networks (appendix A of the paper).</summary>
public sealed record ModelOptions
{
    /// <summary>Size of the stochastic state, Z. At least 1. Default 30.</summary>
    public int StochasticSize { get; init; } = 30;

    /// <summary>Size of the deterministic state (the belief, GRU units), G. At least 1. Default 200.</summary>
    public int BeliefSize { get; init; } = 200;

    /// <summary>Units of the dense layers around the GRU. At least 1. Default 200.</summary>
    public int HiddenSize { get; init; } = 200;

    /// <summary>Channels of the encoder's first convolution; the others are 2, 4 and 8 times as many. At least 1. Default 32.</summary>
    public int Depth { get; init; } = 32;

    /// <summary>Smallest standard deviation of the prior and the posterior. Positive. Default 0.1.</summary>
    public double MinStddev { get; init; } = 0.1;

    /// <summary>Hidden layers of the reward head. At least 0. Default 3.</summary>
    public int RewardLayers { get; init; } = 3;

    /// <summary>Units of each hidden layer of the reward head. At least 1. Default 300.</summary>
    public int RewardUnits { get; init; } = 300;

    /// <summary>Bits to which image values are quantised before the model sees them, 1 to 8. Default 5.</summary>
    public int ImageBits { get; init; } = 5;
}
