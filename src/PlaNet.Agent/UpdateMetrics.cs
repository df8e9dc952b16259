using System.Globalization;

namespace PlaNet;

/// <summary>The metrics of an update: terms of the objective in nats, unscaled, averaged over batch and time.</summary>
/// <param name="Loss">The weighted sum.</param>
/// <param name="Image">
/// Negative log-likelihood of the images without its constant (half the squared error of a frame); the squared error if that is the loss.
/// Null for a model without images.
/// </param>
/// <param name="Reward">
/// Negative log-likelihood of the rewards without its constant (half the squared error); the squared error if that is the loss.
/// </param>
/// <param name="Divergence">Divergence between posterior and prior, free nats included.</param>
/// <param name="GradientNorm">Global norm of the gradient before clipping; 0 if no gradient was computed.</param>
public sealed record UpdateMetrics(double Loss, double? Image, double Reward, double Divergence, double GradientNorm)
{
    /// <summary>Half the squared error of the transformed state vectors; null for a model without them.</summary>
    public double? State { get; init; }

    /// <summary>Binary cross-entropy of the predicted continuation; null without continuation head.</summary>
    public double? Continuation { get; init; }

    /// <summary>Divergence of the posterior from the standard normal distribution; null if its weight is 0.</summary>
    public double? GlobalDivergence { get; init; }

    /// <summary>Latent overshooting beyond the free nats; null if it is off.</summary>
    public double? Overshooting { get; init; }

    /// <summary>Reward error of overshooting; null if it is off.</summary>
    public double? OvershootingReward { get; init; }

    /// <summary>Image error of observation overshooting; null if it is off.</summary>
    public double? ObservationOvershooting { get; init; }

    /// <summary>The learning rate of the update; null if it is constant.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Whether every number is finite.</summary>
    public bool IsFinite =>
        double.IsFinite(Loss) && double.IsFinite(Image ?? 0) && double.IsFinite(Reward) && double.IsFinite(Divergence)
        && double.IsFinite(GradientNorm) && OptionalTerms.All(term => double.IsFinite(term.Value));

    /// <summary>The terms that not every experiment has, by name; null terms are left out.</summary>
    public IEnumerable<(string Name, double Value)> OptionalTerms =>
        from term in new[]
        {
            (Name: "state", Value: State),
            (Name: "continuation", Value: Continuation),
            (Name: "global_divergence", Value: GlobalDivergence),
            (Name: "overshooting", Value: Overshooting),
            (Name: "overshooting_reward", Value: OvershootingReward),
            (Name: "observation_overshooting", Value: ObservationOvershooting),
            (Name: "learning_rate", Value: LearningRate),
        }
        where term.Value is not null
        select (term.Name, term.Value!.Value);

    /// <summary>All terms on one line.</summary>
    public override string ToString()
    {
        (string Name, double Value)[] numbers =
        [
            ("loss", Loss),
            .. Image is { } image ? [("image", image)] : Array.Empty<(string, double)>(),
            ("reward", Reward),
            ("divergence", Divergence),
            ("gradient norm", GradientNorm),
            .. OptionalTerms,
        ];
        return string.Join(
            ", ", numbers.Select(number => string.Create(CultureInfo.InvariantCulture, $"{number.Name} {number.Value}")));
    }
}
