using PlaNet.Experiments;

namespace PlaNet.Models;

/// <summary>Makes the latent dynamics of an experiment.</summary>
public static class TransitionModels
{
    /// <summary>Makes the transition model that the options select, with new weights.</summary>
    /// <param name="options">Valid options; <c>model.transition</c> and <c>model.deterministic</c> select the model.</param>
    /// <param name="actionSize">Size of an action, A.</param>
    /// <param name="embeddingSize">Size of an image embedding, E.</param>
    /// <param name="generator">Source of the initial weights.</param>
    public static TransitionModel Create(ModelOptions options, long actionSize, long embeddingSize, Generator generator) => options switch
    {
        { Transition: TransitionKind.Ssm } => new Ssm(options, actionSize, embeddingSize, generator),
        { Transition: TransitionKind.Drnn } => new Drnn(options, actionSize, embeddingSize, generator),
        { Deterministic: DeterministicForm.BeliefOnly } => new DeterministicModel(options, actionSize, embeddingSize, generator),
        _ => new Rssm(options, actionSize, embeddingSize, generator),
    };
}
