using PlaNet.Experiments.Rules;

namespace PlaNet.Experiments;

/// <summary>How the agent is evaluated: noise-free episodes, each with its own seed.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Episodes per evaluation and task. At least 1. Default 10.</summary>
    [InRange(1)]
    public int Episodes { get; init; } = 10;

    /// <summary>
    /// Collected episodes between two evaluations, per task. The last evaluation takes place after training. At least 1. Default 25.
    /// </summary>
    [InRange(1)]
    public int Every { get; init; } = 25;
}
