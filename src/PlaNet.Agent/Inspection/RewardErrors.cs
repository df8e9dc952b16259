using PlaNet.Models;
using PlaNet.Replay;

namespace PlaNet.Inspection;

/// <summary>Errors of the predicted rewards whose real reward lies in a range.</summary>
/// <param name="Least">Lower bound, inclusive.</param>
/// <param name="Most">Upper bound, exclusive but for the last range.</param>
/// <param name="Errors">Mean absolute error at each distance; NaN where no real reward lies in the range.</param>
/// <param name="Counts">Rewards in the mean, at each distance.</param>
public sealed record RewardRange(double Least, double Most, IReadOnlyList<double> Errors, IReadOnlyList<int> Counts);

/// <summary>
/// Errors of predicted rewards by the real reward and by distance (docs/inspection.md). A model that predicts the frequent rewards well can
/// still miss the rare high ones, for which the planner searches; a mean over all rewards hides this.
/// </summary>
/// <param name="Distances">Steps since the last observed frame; 0 is the filtered state.</param>
/// <param name="Ranges">Quarters of the range of the real rewards, ascending.</param>
public sealed record RewardErrors(IReadOnlyList<int> Distances, IReadOnlyList<RewardRange> Ranges)
{
    private const int RangeCount = 4;

    /// <summary>Predicts the rewards of sequences and compares them with the real ones.</summary>
    /// <param name="model">The world model.</param>
    /// <param name="device">Device of the model.</param>
    /// <param name="sequences">At least one; each has at least context + the largest distance frames from its start.</param>
    /// <param name="seed">Seed of dither and latent noise.</param>
    /// <param name="distances">Ascending; 0 or more.</param>
    /// <param name="context">Number of observed frames before a prediction. Default 5.</param>
    /// <param name="observed">The state vectors that the model observes, in the order of its batches. Default none.</param>
    public static RewardErrors Measure(
        WorldModel model,
        Device device,
        IReadOnlyList<Sequence> sequences,
        ulong seed,
        IReadOnlyList<int> distances,
        int context = OpenLoop.DefaultContext,
        IReadOnlyList<StateShape>? observed = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentNullException.ThrowIfNull(distances);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var generator = new Generator(seed, device);
        var length = context + distances[^1];
        var inputs = SequenceInputs.Of(model, device, sequences, length, generator, observed);
        var embedded = inputs.Embed(model);
        var (posterior, _) = model.Dynamics.Observe(embedded, inputs.Actions, inputs.Noise);
        var prior = model.Dynamics.Predict(embedded.narrow(1, 0, context), inputs.Actions, inputs.Noise, context);
        var real = SequenceInputs.Rows(sequences, episode => episode.Reward, length, device).squeeze(-1);
        var (filtered, predicted) = (ErrorsOf(posterior), ErrorsOf(prior));

        var compared = distances.Select(distance =>
        {
            // All states from the end of the context on are filtered; one state of a sequence lies at another distance.
            var (errors, first, count) =
                distance == 0 ? (filtered, context - 1, length - context + 1) : (predicted, context - 1 + distance, 1);
            return (Errors: Numbers(errors.narrow(1, first, count)), Real: Numbers(real.narrow(1, first, count)));
        }).ToArray();
        var (least, most) = (compared.Min(pair => pair.Real.Min()), compared.Max(pair => pair.Real.Max()));
        var width = (most - least) / RangeCount;
        return new RewardErrors(distances, [.. Enumerable.Range(0, RangeCount).Select(range =>
        {
            var inside = compared
                .Select(pair => pair.Errors.Where((_, i) => RangeOf(pair.Real[i]) == range).ToArray())
                .ToArray();
            return new RewardRange(
                least + (range * width),
                range == RangeCount - 1 ? most : least + ((range + 1) * width),
                [.. inside.Select(errors => errors.Length == 0 ? double.NaN : errors.Average())],
                [.. inside.Select(errors => errors.Length)]);
        })]);

        int RangeOf(double reward) => width == 0 ? RangeCount - 1 : Math.Min((int)((reward - least) / width), RangeCount - 1);

        Tensor ErrorsOf(LatentState states) => (model.Reward.forward(model.Dynamics.Features(states)) - real).abs();
    }

    private static double[] Numbers(Tensor values) => values.to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();
}
