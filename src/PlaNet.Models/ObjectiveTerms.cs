namespace PlaNet.Models;

/// <summary>The loss of a batch and its unscaled terms, each a scalar averaged over batch and time.</summary>
/// <param name="Total">The weighted sum that is minimised.</param>
/// <param name="Image">Negative log-likelihood of the images, in nats; its constant is 11,291.92 at 64x64.</param>
/// <param name="Reward">Negative log-likelihood of the rewards, in nats; its constant is 0.92.</param>
/// <param name="Divergence">Divergence beyond the free nats.</param>
/// <param name="FullDivergence">The divergence with the free nats, without gradient.</param>
public sealed record ObjectiveTerms(Tensor Total, Tensor Image, Tensor Reward, Tensor Divergence, Tensor FullDivergence);
