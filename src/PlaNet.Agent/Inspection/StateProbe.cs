using PlaNet.Models;
using PlaNet.Replay;
using PlaNet.Tensors;

namespace PlaNet.Inspection;

/// <summary>
/// How much of the simulator's state a linear read-out of the latent state finds: what the model knows about positions and velocities,
/// while frames are seen and after open-loop prediction (docs/inspection.md). The read-out is a ridge regression from the features of
/// filtered states.
/// </summary>
/// <param name="Names">The numbers of the state, such as <c>position[1]</c>.</param>
/// <param name="Distances">Steps since the last observed frame; 0 is the filtered state.</param>
/// <param name="Explained">
/// Share of the variance that the read-out explains, [number, distance]: 1 is exact, 0 is as good as the mean, below 0 is worse. NaN where
/// a number does not vary.
/// </param>
public sealed record StateProbe(
    IReadOnlyList<string> Names, IReadOnlyList<int> Distances, IReadOnlyList<IReadOnlyList<double>> Explained)
{
    // Weight of the ridge in rows of standardised features: it only keeps features that do not vary from deciding anything.
    private const double Ridge = 1e-3;

    /// <summary>Fits a read-out and tests it.</summary>
    /// <param name="model">The world model.</param>
    /// <param name="device">Device of the model.</param>
    /// <param name="fit">Sequences to fit the read-out to; each has at least context + the largest distance frames from its start.</param>
    /// <param name="test">Sequences of other episodes to test it on, of the same length.</param>
    /// <param name="seed">Seed of dither and latent noise.</param>
    /// <param name="distances">Ascending; 0 or more.</param>
    /// <param name="context">Number of observed frames before a prediction. Default 5.</param>
    /// <param name="observed">The state vectors that the model observes, in the order of its batches. Default none.</param>
    /// <returns>Null if the episodes have no state of the simulator in common.</returns>
    public static StateProbe? Measure(
        WorldModel model,
        Device device,
        IReadOnlyList<Sequence> fit,
        IReadOnlyList<Sequence> test,
        ulong seed,
        IReadOnlyList<int> distances,
        int context = OpenLoop.DefaultContext,
        IReadOnlyList<StateShape>? observed = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(fit);
        ArgumentNullException.ThrowIfNull(test);
        ArgumentNullException.ThrowIfNull(distances);

        // Given episodes can have other states than those of the run.
        Episode[] episodes = [.. fit.Concat(test).Select(sequence => sequence.Episode).Distinct()];
        string[] fields =
        [
            .. episodes[0].States.Keys
                .Where(field => Array.TrueForAll(episodes, episode => WidthOf(episode, field) == WidthOf(episodes[0], field)))
                .Order(StringComparer.Ordinal),
        ];
        if (fields.Length == 0)
        {
            return null;
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var length = context + distances[^1];
        var (_, features, states, _) = Filtered(fit);
        var (mean, stddev) = (features.mean([0L]), features.std([0L]).Plus(Scalars.Of(1e-6)));
        var centre = states.mean([0L]);
        var x = (features - mean) / stddev;
        var ridge = Scalars.Of(Ridge * x.shape[0]) * eye(x.shape[1], dtype: ScalarType.Float64, device: device);
        var weights = linalg.solve(x.t().mm(x).Plus(ridge), x.t().mm(states - centre));

        var (embeddings, seen, seenStates, tested) = Filtered(test);
        var truth = Truth(test);
        var predicted = model.Dynamics.Features(
            model.Dynamics.Predict(embeddings.narrow(1, 0, context), tested.Actions, tested.Noise, context));
        var explained = distances
            .Select(distance => distance == 0
                ? ExplainedBy(seen, seenStates)
                : ExplainedBy(Double(predicted.select(1, context - 1 + distance)), truth.select(1, context - 1 + distance)))
            .ToArray();
        return new StateProbe(
            [.. fields.SelectMany(field => Enumerable.Range(0, Width(field)).Select(i => Width(field) == 1 ? field : $"{field}[{i}]"))],
            distances,
            [.. Enumerable.Range(0, explained[0].Length).Select(number => explained.Select(values => values[number]).ToArray())]);

        int Width(string field) => WidthOf(episodes[0], field)!.Value;

        Tensor Truth(IReadOnlyList<Sequence> sequences) =>
            Double(cat([.. fields.Select(field => SequenceInputs.Rows(sequences, episode => episode.States[field], length, device))], -1));

        // Features of filtered states once the context has been seen, and the simulator's states that belong to them: [rows, numbers].
        (Tensor Embeddings, Tensor Features, Tensor States, SequenceInputs Inputs) Filtered(IReadOnlyList<Sequence> sequences)
        {
            // Every set has the same noise, so that the result for one does not depend on the size of another.
            using var generator = new Generator(seed, device);
            var inputs = SequenceInputs.Of(model, device, sequences, length, generator, observed);
            var embedded = inputs.Embed(model);
            var (posterior, _) = model.Dynamics.Observe(embedded, inputs.Actions, inputs.Noise);
            var first = context - 1;
            var latents = Double(model.Dynamics.Features(posterior)).narrow(1, first, length - first).flatten(0, 1);
            return (embedded, latents, Truth(sequences).narrow(1, first, length - first).flatten(0, 1), inputs);
        }

        double[] ExplainedBy(Tensor latent, Tensor target)
        {
            var errors = (((latent - mean) / stddev).mm(weights).Plus(centre) - target).Squared().sum([0L]);
            var variance = (target - target.mean([0L])).Squared().sum([0L]);
            return [.. (errors / variance).Complement().where(variance > Scalars.Of(1e-12), double.NaN).cpu().data<double>()];
        }
    }

    private static int? WidthOf(Episode episode, string field) =>
        episode.States.TryGetValue(field, out var values) ? values.Length / episode.Length : null;

    private static Tensor Double(Tensor values) => values.to(ScalarType.Float64);
}
