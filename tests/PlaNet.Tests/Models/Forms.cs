using PlaNet.Experiments;

namespace PlaNet.Tests.Models;

/// <summary>Small configurations of the latent dynamics.</summary>
internal static class Forms
{
    public static ModelOptions Small { get; } = new()
    {
        StochasticSize = 4,
        BeliefSize = 8,
        HiddenSize = 8,
        Depth = 1,
        RewardLayers = 1,
        RewardUnits = 8,
    };

    /// <summary>Configurations by name: every kind of model, and every switch at least once.</summary>
    public static IReadOnlyDictionary<string, ModelOptions> All { get; } = new Dictionary<string, ModelOptions>(StringComparer.Ordinal)
    {
        ["rssm"] = Small,
        ["rssm with pre_gru"] = Small with { PriorInput = PriorInput.PreGru },
        ["rssm with reset_after and two layers of swish"] =
            Small with { Gru = GruForm.ResetAfter, ModelLayers = 2, Activation = Activation.Swish },
        ["deterministic reference"] = Small with { Deterministic = DeterministicForm.Reference },
        ["deterministic belief_only"] = Small with { Deterministic = DeterministicForm.BeliefOnly },
        ["ssm"] = Small with { Transition = TransitionKind.Ssm, Activation = Activation.Elu },
        ["drnn"] = Small with { Transition = TransitionKind.Drnn, Activation = Activation.Tanh },
        ["drnn with reset_after"] =
            Small with { Transition = TransitionKind.Drnn, Gru = GruForm.ResetAfter, Activation = Activation.Softplus },
    };

    public static TheoryData<string> Names { get; } = new(All.Keys);
}
