using PlaNet.Experiments;
using PlaNet.Inspection;
using PlaNet.Models;
using PlaNet.Planning;
using PlaNet.Tensors;

namespace PlaNet;

/// <summary>
/// Acts in one or many environments at once (docs/algorithm.md): filters each environment's state from its observations and plans from it.
/// The filtered state and the planner's memory last for one episode.
/// </summary>
public sealed class Agent : IPolicy
{
    private readonly WorldModel _model;
    private readonly WorldModelDynamics _dynamics;
    private readonly IPlanner _planner;
    private readonly Generator _generator;
    private readonly Device _device;
    private readonly int _count;
    private readonly double _explorationNoise;
    private readonly bool _discrete;
    private LatentState _state;
    private Tensor _previousAction;
    private PlannerMemory? _memory;

    /// <summary>Makes an agent at the start of its episodes.</summary>
    /// <param name="model">The world model; the caller owns it.</param>
    /// <param name="options">Options of the planner.</param>
    /// <param name="count">Number of environments.</param>
    /// <param name="device">Device of the model.</param>
    /// <param name="explorationNoise">
    /// Standard deviation of the noise added to planned actions; for discrete actions the probability that a uniformly random choice
    /// replaces the planned one, where more than 1 counts as 1. 0 for evaluation.
    /// </param>
    /// <param name="seed">Seed of dither, posterior, planner and exploration.</param>
    /// <param name="discrete">Whether actions are choices. Default false.</param>
    /// <exception cref="ArgumentException">Actions are choices, and the planner is for continuous actions only.</exception>
    public Agent(
        WorldModel model, PlannerOptions options, int count, Device device, double explorationNoise, ulong seed, bool discrete = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        _model = model;
        _dynamics = new WorldModelDynamics(model, options.Precision);
        _planner = Planners.Create(options, discrete);
        _discrete = discrete;
        _generator = new Generator(seed, device);
        _device = device;
        _count = count;
        _explorationNoise = explorationNoise;
        using var scope = NewDisposeScope();
        _state = Detach(model.Dynamics.InitialState(count));
        _previousAction = zeros([count, model.ActionSize], device: device).DetachFromDisposeScope();
    }

    /// <summary>Looks at the decisions. Default null: nobody looks.</summary>
    public IDecisionObserver? Observer { get; init; }

    /// <summary>Records the decisions of an agent in one environment; the caller owns it. Default null: nothing is recorded.</summary>
    public DecisionRecorder? Recorder { get; init; }

    /// <summary>One decision for each environment.</summary>
    /// <param name="percepts">
    /// The observation of each environment, with an image of the model's size or a state vector of its size, or both. What the model does
    /// not observe is ignored.
    /// </param>
    /// <returns>
    /// The action for each environment, in [-1, 1]; one-hot if actions are discrete. The agent assumes that each action is executed.
    /// </returns>
    /// <exception cref="ArgumentException">The number of observations, or a size, is wrong.</exception>
    public float[][] Act(IReadOnlyList<Percept> percepts)
    {
        ArgumentNullException.ThrowIfNull(percepts);
        Check(percepts);
        var isObserved = Observer?.BeginDecision() ?? false;
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var decision = Phases.Begin(Phases.Decision);
        var images = _model.ImageSize > 0 ? ImagesOf(percepts) : null;
        var states = _model.StateSize > 0 ? StatesOf(percepts) : null;
        var noise = randn([_count, _model.Dynamics.StochasticSize], device: _device, generator: _generator);
        var embedding = Phases.In("encoder", () => _model.Embed(images, states).squeeze(1));
        var state = Phases.In("posterior", () => _model.Dynamics.Posterior(_state, _previousAction, embedding, noise));
        var starts = _dynamics.Starts(_state, _previousAction, embedding);
        var dynamics = Recorder?.Begin(_dynamics) ?? _dynamics;
        var plan = _planner.Plan(dynamics, WorldModelDynamics.State(state), new GeneratorNoise(_generator), _memory, starts);
        Recorder?.End(state, plan);
        var action = Explore(plan.Actions.select(1, 0)).clamp(Scalars.Of(-1), Scalars.Of(1)).contiguous();
        if (isObserved)
        {
            Observer!.Decided(Phases.In("belief", () => BeliefOf(state, plan, action)));
        }

        DisposeState();
        _state = Detach(state);
        _previousAction = action.DetachFromDisposeScope();
        _memory = plan.Memory?.DetachFromDisposeScope();
        var flat = action.cpu().data<float>().ToArray();
        return [.. flat.Chunk(_model.ActionSize)];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        DisposeState();
        _generator.Dispose();
    }

    private void Check(IReadOnlyList<Percept> percepts)
    {
        if (percepts.Count != _count)
        {
            throw new ArgumentException(
                $"The agent got {percepts.Count} observations but acts in {_count} environments: pass one for each.", nameof(percepts));
        }

        var size = _model.ImageSize;
        var bytes = size * size * _model.ImageChannels;
        if (size > 0 && percepts.FirstOrDefault(percept => percept.Image.Length != bytes) is { } image)
        {
            throw new ArgumentException(
                $"An image has {image.Image.Length} bytes, but the agent takes {size}x{size} "
                    + $"{(_model.ImageChannels == 1 ? "grey" : "RGB")} images of {bytes} bytes: convert it.",
                nameof(percepts));
        }

        if (_model.StateSize > 0 && percepts.FirstOrDefault(percept => percept.State.Length != _model.StateSize) is { } state)
        {
            throw new ArgumentException(
                $"A state vector has {state.State.Length} numbers, but the agent takes {_model.StateSize}: pass those of its task.",
                nameof(percepts));
        }
    }

    // [environments, 1 step, channels, size, size].
    private Tensor ImagesOf(IReadOnlyList<Percept> percepts)
    {
        var size = _model.ImageSize;
        var pixels = stack([.. percepts.Select(percept => tensor(percept.Image, [size, size, _model.ImageChannels]))]).to(_device);
        var dither = ImagePreprocessing.Dither(pixels.shape, _generator);
        return ImagePreprocessing.Preprocess(pixels, _model.Options.ImageBits, dither).permute(0, 3, 1, 2).unsqueeze(1);
    }

    // [environments, 1 step, S].
    private Tensor StatesOf(IReadOnlyList<Percept> percepts)
    {
        var numbers = stack([.. percepts.Select(percept => tensor(percept.State))]).to(_device);
        return _model.Options.StateTransform.Of(numbers).unsqueeze(1);
    }

    private Tensor Explore(Tensor action)
    {
        if (_explorationNoise <= 0)
        {
            return action;
        }

        // It changes during a run, so it is not kept.
        using var noise = _explorationNoise.ToScalar();
        if (!_discrete)
        {
            return action.Plus(noise * randn(action.shape, device: _device, generator: _generator));
        }

        // Both are drawn at every decision, so that the later ones do not depend on whether a choice was replaced.
        var replaced = rand([_count, 1], device: _device, generator: _generator).lt(noise);
        var choices = rand(action.shape, device: _device, generator: _generator).argmax(1);
        var drawn = choices.unsqueeze(1).eq(Arithmetic.Indices(action.shape[1], _device)).to(action.dtype);
        return where(replaced, drawn, action);
    }

    // Without noise, so that nothing is drawn from the agent's generator.
    private ActionBelief BeliefOf(LatentState state, Plan plan, Tensor action)
    {
        using var scope = NewDisposeScope();
        var mean = plan.Mean[0];
        var executed = cat([action.narrow(0, 0, 1), plan.Actions[0].narrow(0, 1, mean.shape[0] - 1)], 0);
        var states = Imagination.WithoutNoise(_dynamics, WorldModelDynamics.State(state).narrow(0, 0, 1), executed);
        float[] Values(Tensor values) => values.to(ScalarType.Float32).contiguous().cpu().data<float>().ToArray();
        return new ActionBelief(
            Values(action[0]),
            [.. Values(mean).Chunk(_model.ActionSize)],
            [.. Values(plan.Stddev[0]).Chunk(_model.ActionSize)],
            Values(_dynamics.Reward(states).view(-1)))
        {
            IsDiscrete = _discrete,
        };
    }

    private void DisposeState()
    {
        _state.Sample.Dispose();
        _state.Belief.Dispose();
        _previousAction.Dispose();
        _memory?.Dispose();
    }

    // Filtering needs only the sample and the belief; the distribution is disposed with its scope.
    private static LatentState Detach(LatentState state)
    {
        state.Sample.DetachFromDisposeScope();
        state.Belief.DetachFromDisposeScope();
        return state;
    }
}
