namespace PlaNet.Experiments;

/// <summary>Finds model options that contradict each other.</summary>
internal static class ModelContradictions
{
    /// <summary>All contradictions of an experiment; empty if it is valid.</summary>
    public static IEnumerable<ExperimentProblem> Find(Experiment experiment)
    {
        var model = experiment.Model;
        var transition = $"model.transition {ExperimentOption.Format(model.Transition)}";
        if (model.Transition != TransitionKind.Rssm && model.Deterministic != DeterministicForm.None)
        {
            yield return new ExperimentProblem(
                "model.deterministic",
                ExperimentOption.Format(model.Deterministic),
                $"none with {transition}",
                "set model.deterministic=none or model.transition=rssm");
        }

        if (model.Transition != TransitionKind.Rssm && model.PriorInput == PriorInput.PreGru)
        {
            yield return new ExperimentProblem(
                "model.prior_input", "pre_gru", $"belief with {transition}", "set model.prior_input=belief or model.transition=rssm");
        }

        if (model.Transition == TransitionKind.Ssm && model.Gru != GruForm.ResetBefore)
        {
            yield return new ExperimentProblem(
                "model.gru",
                ExperimentOption.Format(model.Gru),
                $"reset_before with {transition}, which has no GRU",
                "set model.gru=reset_before or choose another model.transition");
        }

        if (model is { Transition: TransitionKind.Rssm, Deterministic: DeterministicForm.BeliefOnly })
        {
            if (model.PriorInput == PriorInput.PreGru)
            {
                yield return new ExperimentProblem(
                    "model.prior_input",
                    "pre_gru",
                    "belief with model.deterministic belief_only, whose prior is the belief",
                    "set model.prior_input=belief or model.deterministic=reference");
            }

            if (experiment.Objective.DivergenceScale == 0)
            {
                yield return new ExperimentProblem(
                    "objective.divergence_scale",
                    "0",
                    "above 0 with model.deterministic belief_only, whose transition is trained by the divergence alone",
                    "raise objective.divergence_scale or set model.deterministic=reference");
            }
        }
    }
}
