namespace PlaNet.Experiments;

/// <summary>What each transition model costs (spec 2.3, 2.4 and 9).</summary>
internal static class TransitionCost
{
    /// <summary>Size of what the heads see.</summary>
    public static int Features(ModelOptions model) => model switch
    {
        { Transition: TransitionKind.Ssm } => model.StochasticSize,
        { Transition: TransitionKind.Drnn } or { Deterministic: DeterministicForm.BeliefOnly } => model.BeliefSize,
        _ => model.StochasticSize + model.BeliefSize,
    };

    /// <summary>The transition, what the posterior needs beyond it, and the multiply-adds that take one frame into the state.</summary>
    public static (PartCost Transition, PartCost Posterior, long Filtering) Of(ModelOptions model, int actionSize, int embedding)
    {
        var (transition, posterior) = model switch
        {
            { Transition: TransitionKind.Ssm } => Ssm(model, actionSize, embedding),
            { Transition: TransitionKind.Drnn } => Drnn(model, actionSize, embedding),
            { Deterministic: DeterministicForm.BeliefOnly } => BeliefOnly(model, actionSize, embedding),
            _ => Rssm(model, actionSize, embedding),
        };

        // Where prior and posterior are one network, training runs it a second time for the prior; filtering does not.
        var repeated = model.Transition == TransitionKind.Drnn ? DrnnPrior(model, actionSize).MultiplyAdds : 0;
        return (
            transition with { Name = "transition" },
            posterior with { Name = "posterior", MultiplyAdds = posterior.MultiplyAdds + repeated },
            transition.MultiplyAdds + posterior.MultiplyAdds);
    }

    private static (PartCost Transition, PartCost Posterior) Rssm(ModelOptions model, int actionSize, int embedding)
    {
        var distribution = PartCost.Dense(model.HiddenSize, 2 * model.StochasticSize);
        return (
            PartCost.Sum(
                "",
                Hidden(model, model.StochasticSize + actionSize),
                Gru(model, model.HiddenSize),
                Hidden(model, model.PriorInput == PriorInput.PreGru ? model.HiddenSize : model.BeliefSize),
                distribution),
            PartCost.Sum("", Hidden(model, model.BeliefSize + embedding), distribution));
    }

    private static (PartCost Transition, PartCost Posterior) BeliefOnly(ModelOptions model, int actionSize, int embedding) => (
        PartCost.Sum("", Hidden(model, actionSize), Gru(model, model.HiddenSize)),
        PartCost.Sum("", Hidden(model, model.BeliefSize + embedding), PartCost.Dense(model.HiddenSize, model.BeliefSize)));

    private static (PartCost Transition, PartCost Posterior) Ssm(ModelOptions model, int actionSize, int embedding)
    {
        var distribution = PartCost.Dense(model.HiddenSize, 2 * model.StochasticSize);
        return (
            PartCost.Sum("", Hidden(model, model.StochasticSize + actionSize), distribution),
            PartCost.Sum("", Hidden(model, (2 * model.StochasticSize) + embedding), distribution));
    }

    // One network for both: the transition leaves out the embedding's columns of the encoder's GRU, which are all that the posterior adds.
    private static (PartCost Transition, PartCost Posterior) Drnn(ModelOptions model, int actionSize, int embedding)
    {
        var sight = 3L * embedding * model.BeliefSize;
        return (PartCost.Sum("", DrnnPrior(model, actionSize), Gru(model, model.StochasticSize)), new PartCost("", sight, sight));
    }

    private static PartCost DrnnPrior(ModelOptions model, int actionSize) => PartCost.Sum(
        "",
        Gru(model, actionSize + model.StochasticSize),
        Hidden(model, (2 * model.BeliefSize) + model.StochasticSize),
        PartCost.Dense(model.HiddenSize, 2 * model.StochasticSize));

    private static PartCost Hidden(ModelOptions model, long inputs)
    {
        var first = PartCost.Dense(inputs, model.HiddenSize);
        var further = PartCost.Dense(model.HiddenSize, model.HiddenSize);
        var more = model.ModelLayers - 1;
        return new PartCost(
            "hidden", first.Parameters + (more * further.Parameters), first.MultiplyAdds + (more * further.MultiplyAdds));
    }

    // Gates and candidate; the form that resets after the product has one bias more.
    private static PartCost Gru(ModelOptions model, long inputs)
    {
        var dense = PartCost.Dense(inputs + model.BeliefSize, 3 * model.BeliefSize);
        return dense with { Parameters = dense.Parameters + (model.Gru == GruForm.ResetAfter ? model.BeliefSize : 0) };
    }
}
