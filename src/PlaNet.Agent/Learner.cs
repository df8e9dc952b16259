using PlaNet.Experiments;
using PlaNet.Experiments.Grids;
using PlaNet.Models;
using PlaNet.Objectives;
using PlaNet.Replay;
using PlaNet.Tensors;

namespace PlaNet;

/// <summary>Owns the world model and its optimiser, and takes the gradient steps.</summary>
public sealed class Learner : IDisposable
{
    private readonly Experiment _experiment;
    private readonly long _updates;
    private readonly Device _device;
    private readonly Generator _generator;

    /// <summary>Makes a learner with new weights.</summary>
    /// <param name="experiment">A valid experiment.</param>
    /// <param name="actionSize">Size of an action, A.</param>
    /// <param name="device">Device of the model.</param>
    /// <param name="seed">Seed of the initial weights.</param>
    /// <param name="terminates">Whether a task announces that its episodes can terminate. Default false.</param>
    /// <param name="stateSize">Numbers of an observed state vector, S; 0 without state vectors. Default 0.</param>
    public Learner(Experiment experiment, int actionSize, Device device, ulong seed, bool terminates = false, int stateSize = 0)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        _experiment = experiment;
        _updates = RunWork.Of(experiment).Updates;
        _device = device;

        // Disposes the temporary tensors of the initialisation; parameters and moments are detached from the scope.
        using var scope = NewDisposeScope();
        using (var weights = new Generator(seed, CPU))
        {
            Model = new WorldModel(
                experiment.Model,
                actionSize,
                weights,
                experiment.Compute.Precision,
                experiment.Task.ObservedImageSize,
                terminates,
                stateSize,
                experiment.Task.ImageChannels);
        }

        Model.to(device);
        _generator = new Generator(0, device);
        Optimizer = new FusedAdam(Model.named_parameters(), experiment.Optimizer);
    }

    /// <summary>The world model.</summary>
    public WorldModel Model { get; }

    /// <summary>The world model's optimiser.</summary>
    public FusedAdam Optimizer { get; }

    /// <summary>One gradient step on a batch.</summary>
    /// <param name="batch">Chunks of episodes.</param>
    /// <param name="seed">Seed of the dither and of the posterior's noise.</param>
    /// <param name="injectNaN">Makes the loss NaN, to test how it is handled. Default false.</param>
    /// <param name="inspect">
    /// Called once the gradients are complete and before they are clipped. It must change neither them nor the weights. Default null.
    /// </param>
    /// <exception cref="NonFiniteLossException">The loss or its gradient is not finite; the model is unchanged.</exception>
    public UpdateMetrics Update(ChunkBatch batch, ulong seed, bool injectNaN = false, Action<ObjectiveTerms>? inspect = null)
    {
        using var scope = NewDisposeScope();
        using var update = Phases.Begin(Phases.Update);
        Optimizer.zero_grad();
        var terms = Evaluate(batch, seed);
        if (injectNaN)
        {
            terms = terms with { Total = terms.Total * Scalars.Of(double.NaN) };
        }

        Phases.In(Phases.Backward, () => terms.Total.backward());
        inspect?.Invoke(terms);
        var norm = Phases.In(
            "gradient norm", () => nn.utils.clip_grad_norm_(Model.parameters(), _experiment.Optimizer.GradientClipping));
        var metrics = ToMetrics(terms, norm);
        if (!metrics.IsFinite)
        {
            Optimizer.zero_grad();
            throw new NonFiniteLossException(
                $"The loss or its gradient is not finite ({metrics}); the model is unchanged. " +
                "Try a smaller optimizer.learning_rate or optimizer.gradient_clipping.");
        }

        Optimizer.LearningRate = _experiment.Optimizer.LearningRateAfter(Optimizer.Steps, _updates);
        Phases.In("optimizer", () => Optimizer.step());
        return _experiment.Optimizer.HasSchedule ? metrics with { LearningRate = Optimizer.LearningRate } : metrics;
    }

    /// <summary>Evaluates the objective on a batch without an update.</summary>
    /// <param name="batch">Chunks of episodes.</param>
    /// <param name="seed">Seed of the dither and of the posterior's noise.</param>
    public UpdateMetrics Test(ChunkBatch batch, ulong seed)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return ToMetrics(Evaluate(batch, seed), gradientNorm: 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Optimizer.Dispose();
        Model.Dispose();
        _generator.Dispose();
    }

    private ObjectiveTerms Evaluate(ChunkBatch batch, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(batch);
        _generator.manual_seed(unchecked((long)seed));
        var inputs = Phases.In("inputs", () => ModelInputs.Of(Model, batch, _device, _generator));
        var imagination = inputs.OvershootingNoise(_experiment.Objective, _generator);
        return Objective.Compute(
            Model,
            _experiment.Objective,
            inputs.Images,
            inputs.Actions,
            inputs.Rewards,
            inputs.Noise,
            imagination,
            inputs.Lengths,
            ModelInputs.ImageOffset(_experiment.Objective, _generator),
            inputs.Terminated,
            inputs.States);
    }

    private UpdateMetrics ToMetrics(ObjectiveTerms terms, double gradientNorm)
    {
        // One transfer for all numbers: on a GPU each transfer waits for the device.
        Tensor?[] optional =
        [
            terms.State,
            terms.Continuation,
            terms.GlobalDivergence,
            terms.Overshooting,
            terms.OvershootingReward,
            terms.ObservationOvershooting,
        ];
        Tensor[] scalars = [terms.Total, terms.Image, terms.Reward, terms.FullDivergence, .. optional.OfType<Tensor>()];
        using var numbers = stack([.. scalars.Select(scalar => scalar.detach())]).to(ScalarType.Float64).cpu();
        var values = numbers.data<double>().ToArray();
        var next = 4;
        double? Next(Tensor? term) => term is null ? null : values[next++];
        var constant = 0.5 * Math.Log(2 * Math.PI);
        var pixels = Model.ImageChannels * Model.ImageSize * Model.ImageSize;
        var objective = _experiment.Objective;
        return new UpdateMetrics(
            values[0],
            Model.ImageSize == 0 ? null
                : values[1] - (objective.ImageLoss == PredictionLoss.Gaussian ? constant * pixels : 0),
            values[2] - (objective.RewardLoss == PredictionLoss.Gaussian ? constant : 0),
            values[3],
            gradientNorm)
        {
            State = Next(optional[0]),
            Continuation = Next(optional[1]),
            GlobalDivergence = Next(optional[2]),
            Overshooting = Next(optional[3]),
            OvershootingReward = Next(optional[4]),
            ObservationOvershooting = Next(optional[5]),
        };
    }
}
