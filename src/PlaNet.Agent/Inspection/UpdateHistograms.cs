using PlaNet.Models;
using PlaNet.Objectives;

namespace PlaNet.Inspection;

/// <summary>Histograms of an update: the latent distributions of its batch, and the gradients of each part of the model.</summary>
public static class UpdateHistograms
{
    /// <summary>Counts the numbers of an update once its gradients are complete; see <see cref="Learner.Update"/>.</summary>
    /// <param name="model">The world model.</param>
    /// <param name="terms">The objective of the update.</param>
    /// <returns>
    /// One for each parameter of the latent distributions, named <c>latent/...</c>, and for each part, <c>gradients/...</c>.
    /// </returns>
    public static IReadOnlyList<TensorHistogram> Of(WorldModel model, ObjectiveTerms terms)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(terms);
        using var phase = Phases.Begin("histograms");

        // Padded steps are no states.
        Tensor Steps(Tensor values) => terms.Padding is { } padding ? padding.Steps(values) : values;
        return
        [
            TensorHistogram.Of("latent/posterior_mean", [Steps(terms.Posterior.Mean)]),
            TensorHistogram.Of("latent/posterior_stddev", [Steps(terms.Posterior.Stddev)]),
            TensorHistogram.Of("latent/prior_mean", [Steps(terms.Prior.Mean)]),
            TensorHistogram.Of("latent/prior_stddev", [Steps(terms.Prior.Stddev)]),
            .. GradientNorms.Parts(model)
                .Select(part => (part.Name, Gradients: part.Module.parameters().Select(parameter => parameter.grad).OfType<Tensor>()))
                .Where(part => part.Gradients.Any())
                .Select(part => TensorHistogram.Of("gradients/" + part.Name, part.Gradients)),
        ];
    }
}
