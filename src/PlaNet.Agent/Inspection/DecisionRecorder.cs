using PlaNet.Experiments;
using PlaNet.Models;
using PlaNet.Planning;
using PlaNet.Tensors;

namespace PlaNet.Inspection;

/// <summary>
/// Records the decisions of an agent in one environment. It listens to the trajectories that the planner evaluates, so that every planner
/// can be watched, and draws no random numbers, so that the decisions are those of an agent that nobody watches.
/// </summary>
/// <param name="model">The agent's model; the caller owns it.</param>
/// <param name="options">Options of the agent's planner.</param>
/// <param name="elites">Largest number of elites to record. At least 0.</param>
public sealed class DecisionRecorder(WorldModel model, PlannerOptions options, int elites) : IDisposable
{
    private Recording? _dynamics;

    /// <summary>The newest decision; null before the first.</summary>
    public RecordedDecision? Last { get; private set; }

    /// <inheritdoc/>
    public void Dispose() => _dynamics?.Dispose();

    /// <summary>Begins a decision.</summary>
    /// <param name="dynamics">The dynamics that the planner is to use.</param>
    /// <returns>The same dynamics, which are listened to.</returns>
    internal ILatentDynamics Begin(ILatentDynamics dynamics)
    {
        _dynamics?.Dispose();
        return _dynamics = new Recording(dynamics);
    }

    /// <summary>Ends a decision.</summary>
    /// <param name="state">The filtered state in which it was made, of one environment.</param>
    /// <param name="plan">The plan.</param>
    internal void End(LatentState state, Plan plan)
    {
        using var scope = NewDisposeScope();
        using var recording = _dynamics!;
        _dynamics = null;
        var (mean, stddev) = (plan.Mean[0], plan.Stddev[0]);
        var reconstruction = Frames(model.Dynamics.Features(state).unsqueeze(0));
        Last = new RecordedDecision(
            reconstruction,
            Rows(mean),
            Rows(stddev),
            plan.Return[0].to(ScalarType.Float64).item<double>(),
            Follow(recording.Inner, WorldModelDynamics.State(state), plan.Actions[0]),
            elites > 0 ? Best(recording) : [])
        {
            IsDiscrete = plan.Choices is not null,
        };
    }

    private ImaginedFuture Follow(ILatentDynamics dynamics, Tensor state, Tensor actions)
    {
        // The agent executes actions in [-1, 1], also if the planner does not clip.
        var executed = actions.clamp(Scalars.Of(-1), Scalars.Of(1));
        var states = Imagination.WithoutNoise(dynamics, state, executed);
        return Future(dynamics, states, dynamics.Reward(states).view(-1), executed);
    }

    private List<ImaginedFuture> Best(Recording recording)
    {
        if (recording.Rewards is not { } all)
        {
            return [];
        }

        // One agent, so rows are its candidates.
        var steps = recording.States.Count;
        var rewards = all.view(steps, -1);
        var states = stack(recording.States, 0);
        var returns = Imagination.Weigh(rewards, recording.Inner, recording.States, options.Discount).sum(0L);
        var (best, indices) = returns.masked_fill(returns.isfinite().logical_not(), Scalars.Of(double.NegativeInfinity))
            .topk((int)Math.Min(elites, returns.shape[0]), 0);
        var actions = stack(recording.Actions, 0);
        var futures = new List<ImaginedFuture>();
        for (var i = 0; i < best.shape[0] && double.IsFinite(best[i].to(ScalarType.Float64).item<double>()); i++)
        {
            var row = indices[i].item<long>();
            futures.Add(Future(recording.Inner, states.select(1, row), rewards.select(1, row), actions.select(1, row)));
        }

        return futures;
    }

    private ImaginedFuture Future(ILatentDynamics dynamics, Tensor states, Tensor rewards, Tensor actions)
    {
        var stochastic = model.Dynamics.StochasticSize;
        var features = model.Dynamics.Features(
            states.narrow(-1, 0, stochastic), states.narrow(-1, stochastic, model.Dynamics.BeliefSize));
        var sum = Imagination.Weigh(rewards.unsqueeze(1), dynamics, states.unsqueeze(1).unbind(0), options.Discount)
            .sum().to(ScalarType.Float64).item<double>();
        return new ImaginedFuture(sum, Values(rewards), Rows(actions), Frames(features.unsqueeze(0)));
    }

    private byte[] Frames(Tensor features)
    {
        // Imagined states have the planner's number type.
        var images = model.Decode(features.to(ScalarType.Float32))[0].permute(0, 2, 3, 1);
        return ImagePreprocessing.Postprocess(images, model.Options.ImageBits).contiguous().cpu().data<byte>().ToArray();
    }

    private static float[][] Rows(Tensor rows) => [.. Values(rows).Chunk((int)rows.shape[1])];

    private static float[] Values(Tensor values) => values.to(ScalarType.Float32).contiguous().cpu().data<float>().ToArray();

    /// <summary>Dynamics that keep the trajectories of the newest evaluation: some transitions, followed by their rewards.</summary>
    private sealed class Recording(ILatentDynamics inner) : ILatentDynamics, IDisposable
    {
        public ILatentDynamics Inner => inner;

        public List<Tensor> States { get; } = [];

        public List<Tensor> Actions { get; } = [];

        public Tensor? Rewards { get; private set; }

        public long ActionSize => inner.ActionSize;

        public long NoiseSize => inner.NoiseSize;

        public Func<Tensor, Tensor>? Continuation => inner.Continuation;

        public Tensor Transition(Tensor state, Tensor action, Tensor noise)
        {
            if (Rewards is not null)
            {
                Dispose();
            }

            var next = inner.Transition(state, action, noise);
            States.Add(next.detach().DetachFromDisposeScope());
            Actions.Add(action.detach().clone().DetachFromDisposeScope());
            return next;
        }

        public Tensor Reward(Tensor state)
        {
            var rewards = inner.Reward(state);
            Rewards?.Dispose();
            Rewards = rewards.detach().DetachFromDisposeScope();
            return rewards;
        }

        public void Dispose()
        {
            States.ForEach(state => state.Dispose());
            Actions.ForEach(action => action.Dispose());
            States.Clear();
            Actions.Clear();
            Rewards?.Dispose();
            Rewards = null;
        }
    }
}
