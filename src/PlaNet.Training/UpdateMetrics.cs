namespace PlaNet.Training;

/// <summary>What an update reports: terms of the objective in nats, unscaled, averaged over batch and time.</summary>
/// <param name="Loss">The weighted sum.</param>
/// <param name="Image">Negative log-likelihood of the images without its constant: half the squared error of a frame.</param>
/// <param name="Reward">Negative log-likelihood of the rewards without its constant: half the squared error.</param>
/// <param name="Divergence">Divergence between posterior and prior, free nats included.</param>
/// <param name="GradientNorm">Global norm of the gradient before clipping; 0 where no gradient was taken.</param>
public sealed record UpdateMetrics(double Loss, double Image, double Reward, double Divergence, double GradientNorm)
{
    /// <summary>Whether every number is finite.</summary>
    public bool IsFinite =>
        double.IsFinite(Loss) && double.IsFinite(Image) && double.IsFinite(Reward) && double.IsFinite(Divergence) && double.IsFinite(GradientNorm);
}
