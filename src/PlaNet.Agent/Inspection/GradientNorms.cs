using PlaNet.Experiments;
using PlaNet.Models;
using PlaNet.Objectives;
using PlaNet.Replay;
using PlaNet.Tensors;

namespace PlaNet.Inspection;

/// <summary>The gradient norm of a term of the objective for a part of the model.</summary>
/// <param name="Term">Name of the term, which includes its scale: image, state, reward, divergence, total or an optional term.</param>
/// <param name="Part">
/// Part of the model: encoder, dynamics, decoder or reward; where they exist, state_encoder, state_decoder, continuation.
/// </param>
/// <param name="Norm">Euclidean norm of the gradient over the part's parameters, before clipping.</param>
public sealed record GradientNorm(string Term, string Part, double Norm);

/// <summary>Measures which terms of the objective train which parts of the model.</summary>
public static class GradientNorms
{
    /// <summary>Measures the gradients on a batch. The weights do not change; gradients are cleared.</summary>
    /// <param name="model">The world model.</param>
    /// <param name="options">The objective.</param>
    /// <param name="device">Device of the model.</param>
    /// <param name="batch">Chunks of episodes.</param>
    /// <param name="seed">Seed of dither and latent noise.</param>
    /// <returns>One norm per term and part, ordered by term.</returns>
    public static IReadOnlyList<GradientNorm> Measure(
        WorldModel model, ObjectiveOptions options, Device device, ChunkBatch batch, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        (string Name, Func<ObjectiveTerms, Tensor> Value)[] terms =
        [
            .. model.ImageSize > 0 ? [("image", terms => Scalars.Of(options.ImageScale) * terms.Image)] : NoTerms,
            .. model.StateSize > 0 ? [("state", terms => Scalars.Of(options.StateScale) * terms.State!)] : NoTerms,
            ("reward", terms => Scalars.Of(options.RewardScale) * terms.Reward),
            ("divergence", terms => Scalars.Of(options.DivergenceWeight) * terms.Divergence),
            .. OptionalTerms(model, options),
            ("total", terms => terms.Total),
        ];
        var parts = Parts(model);
        var norms = new List<GradientNorm>();
        foreach (var (term, value) in terms)
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator(seed, device);
            model.zero_grad();
            var inputs = ModelInputs.Of(model, batch, device, generator);
            var imagination = inputs.OvershootingNoise(options, generator);
            value(Objective.Compute(
                model,
                options,
                inputs.Images,
                inputs.Actions,
                inputs.Rewards,
                inputs.Noise,
                imagination,
                inputs.Lengths,
                terminated: inputs.Terminated,
                states: inputs.States)).backward();
            foreach (var (part, module) in parts)
            {
                var squares = module.parameters()
                    .Select(parameter => parameter.grad)
                    .OfType<Tensor>()
                    .Sum(gradient => gradient.Squared().sum().ToDouble());
                norms.Add(new GradientNorm(term, part, Math.Sqrt(squares)));
            }
        }

        model.zero_grad();
        return norms;
    }

    /// <summary>The parts of a model by name.</summary>
    /// <param name="model">The world model.</param>
    internal static IReadOnlyList<(string Name, nn.Module Module)> Parts(WorldModel model) =>
    [
        .. Named("encoder", model.Encoder),
        .. Named("state_encoder", model.StateEncoder),
        ("dynamics", model.Dynamics),
        .. Named("decoder", model.Decoder),
        .. Named("state_decoder", model.StateDecoder),
        ("reward", model.Reward),
        .. Named("continuation", model.Continuation),
    ];

    private static (string Name, Func<ObjectiveTerms, Tensor> Value)[] NoTerms => [];

    private static (string Name, nn.Module Module)[] Named(string name, nn.Module? part) => part is null ? [] : [(name, part)];

    private static IEnumerable<(string Name, Func<ObjectiveTerms, Tensor> Value)> OptionalTerms(WorldModel model, ObjectiveOptions options)
    {
        if (model.Continuation is not null)
        {
            yield return ("continuation", terms => Scalars.Of(options.ContinuationScale) * terms.Continuation!);
        }

        if (options.GlobalDivergenceScale > 0)
        {
            yield return ("global divergence", terms => Scalars.Of(options.GlobalDivergenceScale) * terms.GlobalDivergence!);
        }

        if (options.OvershootsLatents)
        {
            yield return ("overshooting", terms => Scalars.Of(options.OvershootingScale) * terms.Overshooting!);
        }

        if (options.OvershootsRewards)
        {
            yield return ("overshooting reward", terms => Scalars.Of(options.OvershootingRewardScale) * terms.OvershootingReward!);
        }

        if (options.OvershootsObservations)
        {
            yield return (
                "observation overshooting",
                terms => Scalars.Of(options.ObservationOvershootingScale) * terms.ObservationOvershooting!);
        }
    }
}
