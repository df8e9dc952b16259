using PlaNet.Experiments.Rules;

namespace PlaNet.Experiments;

/// <summary>Weights of the terms of the variational objective (equation 3 of the paper).</summary>
public sealed record ObjectiveOptions
{
    /// <summary>Weight of the image term. At least 0. Default 1.</summary>
    [InRange(0)]
    public double ImageScale { get; init; } = 1;

    /// <summary>Weight of the reward term. At least 0. Default 10.</summary>
    [InRange(0)]
    public double RewardScale { get; init; } = 10;

    /// <summary>Weight of the divergence between posterior and prior. At least 0. Default 1.</summary>
    [InRange(0)]
    public double DivergenceScale { get; init; } = 1;

    /// <summary>Nats of divergence that cost nothing, per element of batch and time. At least 0. Default 3.</summary>
    [InRange(0)]
    public double FreeNats { get; init; } = 3;
}
