using PlaNet.Models;

namespace PlaNet.Objectives;

/// <summary>The loss of a batch and its unscaled terms, each a scalar averaged over batch and time.</summary>
/// <param name="Total">The weighted sum that is minimised.</param>
/// <param name="Image">
/// Negative log-likelihood of the images, in nats; its constant is 11,291.92 at 64x64. The squared error if that is the loss. 0 for a
/// model without images.
/// </param>
/// <param name="Reward">
/// Negative log-likelihood of the rewards, in nats; its constant is 0.92. The squared error if that is the loss.
/// </param>
/// <param name="Divergence">Divergence beyond the free nats.</param>
/// <param name="FullDivergence">The divergence including the free nats, detached from the gradient.</param>
/// <param name="Posterior">The posterior of every step, [batch, time, stochastic].</param>
/// <param name="Prior">The prior of every step, of the same shape.</param>
public sealed record ObjectiveTerms(
    Tensor Total,
    Tensor Image,
    Tensor Reward,
    Tensor Divergence,
    Tensor FullDivergence,
    DiagonalGaussian Posterior,
    DiagonalGaussian Prior)
{
    /// <summary>The steps of <see cref="Posterior"/> and <see cref="Prior"/> that are padding; null for none.</summary>
    public Padding? Padding { get; init; }

    /// <summary>
    /// Half the squared error of the transformed state vectors; null for a model without them.
    /// </summary>
    public Tensor? State { get; init; }

    /// <summary>
    /// Binary cross-entropy of the predicted continuation, in nats; null for a model without continuation head.
    /// </summary>
    public Tensor? Continuation { get; init; }

    /// <summary>Divergence of the posterior from the standard normal distribution; null if its weight is 0.</summary>
    public Tensor? GlobalDivergence { get; init; }

    /// <summary>Latent overshooting beyond the free nats; null if it is off.</summary>
    public Tensor? Overshooting { get; init; }

    /// <summary>Reward error of overshooting, without the constant of the likelihood; null if it is off.</summary>
    public Tensor? OvershootingReward { get; init; }

    /// <summary>Image error of observation overshooting, without the constant of the likelihood; null if it is off.</summary>
    public Tensor? ObservationOvershooting { get; init; }
}
