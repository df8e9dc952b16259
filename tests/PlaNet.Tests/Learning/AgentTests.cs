using PlaNet.Experiments;
using PlaNet.Inspection;
using PlaNet.Models;
using PlaNet.Planning;
using PlaNet.Replay;
using PlaNet.Runs.Playing;
using PlaNet.Tests.Runs;
using static TorchSharp.torch;

namespace PlaNet.Tests.Learning;

public sealed class AgentTests : IDisposable
{
    private const ulong AgentSeed = 11;

    // Enough candidates for a small change of the filtered state to change the elites.
    private static readonly PlannerOptions s_planner = new() { Horizon = 3, Iterations = 3, Candidates = 200, Elites = 20 };

    private readonly Learner _learner;

    public AgentTests()
    {
        SmallRun.UseOneThread();
        _learner = new Learner(SmallRun.Experiment, 1, CPU, seed: 1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    public void Property_42_the_filter_is_fed_the_action_that_was_sent_and_stored(double noise)
    {
        var episode = Play(noise);
        Assert.Equal(episode.Action[1..], Replayed(episode, noise, previous => previous));
    }

    [Fact]
    public void Property_42_fails_for_a_filter_that_is_fed_another_action()
    {
        var episode = Play(0.3);
        Assert.NotEqual(episode.Action[1..], Replayed(episode, 0.3, previous => -5 * previous));
    }

    [Fact]
    public void Property_43_without_exploration_noise_the_action_is_the_planned_one()
    {
        var episode = Play(0);
        using var scope = NewDisposeScope();
        using var gradient = no_grad();
        using var generator = new Generator(AgentSeed, CPU);
        var (_, plan) = Decide(_learner.Model.Dynamics.InitialState(1), zeros([1, 1]), episode, 0, generator);
        Assert.Equal(Math.Clamp(plan.Mean.data<float>()[0], -1, 1), episode.Action[1]);
    }

    [Fact]
    public void Property_43_a_recorded_episode_begins_with_zeros_and_its_return_is_the_sum_of_rewards()
    {
        var episode = Play(0.3);
        Assert.Equal(SmallRun.Experiment.Task.Decisions + 1, episode.Length);
        Assert.Equal((0f, 0f), (episode.Action[0], episode.Reward[0]));
        Assert.Equal(episode.Reward.Sum(reward => (double)reward), episode.Return, 9);
        Assert.All(episode.Action, action => Assert.InRange(action, -1, 1));
        Assert.True(episode.Action[1..].Distinct().Count() > 2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    public void An_agent_that_is_observed_acts_as_if_it_were_not(double noise)
    {
        var episode = Play(noise);
        var observer = new Observer();
        Assert.Equal(episode.Action, Play(noise, observer).Action);
        Assert.Equal(episode.Length - 1, observer.Beliefs.Count);
        foreach (var (belief, action) in observer.Beliefs.Zip(episode.Action[1..]))
        {
            Assert.Equal([action], belief.Action);
            Assert.Equal((3, 3, 3), (belief.Mean.Count, belief.Stddev.Count, belief.Rewards.Count));
            Assert.All(belief.Stddev, row => Assert.InRange(row[0], 0.001f, 1));
            Assert.All(belief.Rewards, reward => Assert.True(float.IsFinite(reward)));
            Assert.True(noise > 0 || Math.Clamp(belief.Mean[0][0], -1, 1) == action);
        }
    }

    [Fact]
    public void An_agent_that_plans_in_bfloat16_can_be_observed_and_recorded()
    {
        var rounded = s_planner with { Precision = PlannerPrecision.Bfloat16 };
        var observer = new Observer();
        using var recorder = new DecisionRecorder(_learner.Model, rounded, elites: 2);
        var watched = Play(noise: 0, observer, recorder, rounded);
        Assert.Equal(Play(noise: 0, planner: rounded).Action, watched.Action);
        Assert.NotEqual(Play(noise: 0).Action, watched.Action);
        Assert.All(observer.Beliefs, belief => Assert.All(belief.Rewards, reward => Assert.True(float.IsFinite(reward))));
        Assert.Equal(2, recorder.Last!.Elites.Count);
    }

    [Fact]
    public void An_episode_that_is_interrupted_is_dropped()
    {
        using var environment = Tasks.Create(SmallRun.Experiment.Task);
        using var interrupt = new CancellationTokenSource();
        using var policy = new Interrupting(interrupt, decisions: 5);
        Assert.Throws<OperationCanceledException>(
            () => EpisodePlayer.Record([environment], [1], policy, TimeProvider.System, null, interrupt.Token));
        Assert.Equal(5, policy.Asked);
    }

    [Fact]
    public void Agents_in_one_batch_are_independent()
    {
        var episode = Play(0);
        var black = new byte[episode.ImageShape.Bytes];
        float[] First(byte[] neighbour)
        {
            using var agent = new Agent(_learner.Model, s_planner, 2, CPU, explorationNoise: 0, AgentSeed);
            return [.. Enumerable.Range(0, 5).Select(row => agent.Act([Image(episode, row), neighbour])[0][0])];
        }

        Assert.Equal(First(black), First(Image(episode, 8)));
    }

    [Theory]
    [InlineData(PlannerMethod.RandomShooting)]
    [InlineData(PlannerMethod.Icem)]
    [InlineData(PlannerMethod.Mppi)]
    [InlineData(PlannerMethod.CemGradient)]
    public void Agents_of_every_planner_act_within_the_bounds_and_equally_for_equal_seeds(PlannerMethod method)
    {
        var episode = Play(0);
        float[] Actions(PlannerStart start)
        {
            var options = s_planner with { Method = method, Start = start, Candidates = 20, Elites = 4 };
            using var agent = new Agent(_learner.Model, options, 1, CPU, explorationNoise: 0, AgentSeed);
            return [.. Enumerable.Range(0, 5).Select(row => agent.Act([Image(episode, row)])[0][0])];
        }

        var actions = Actions(PlannerStart.Shared);
        Assert.All(actions, action => Assert.InRange(action, -1, 1));
        Assert.Equal(5, actions.Distinct().Count());
        Assert.Equal(actions, Actions(PlannerStart.Shared));
        Assert.NotEqual(actions, Actions(PlannerStart.PerCandidate));
    }

    [Fact]
    public void An_agent_refuses_a_wrong_number_of_images()
    {
        using var agent = new Agent(_learner.Model, s_planner, 2, CPU, explorationNoise: 0, AgentSeed);
        Assert.Contains("2 environments", Assert.Throws<ArgumentException>(() => agent.Act([new byte[64 * 64 * 3]])).Message);
    }

    public void Dispose()
    {
        _learner.Dispose();
    }

    private static byte[] Image(Episode episode, int row) =>
        episode.Image[(row * episode.ImageShape.Bytes)..((row + 1) * episode.ImageShape.Bytes)];

    private Episode Play(
        double noise, IDecisionObserver? observer = null, DecisionRecorder? recorder = null, PlannerOptions? planner = null)
    {
        using var environment = Tasks.Create(SmallRun.Experiment.Task);
        using var agent = new Agent(_learner.Model, planner ?? s_planner, 1, CPU, noise, AgentSeed)
        {
            Observer = observer,
            Recorder = recorder,
        };
        return EpisodePlayer.Record([environment], [4], agent, TimeProvider.System, weightsVersion: 0, CancellationToken.None)[0];
    }

    /// <summary>Recomputes every action of an episode from its stored images and previous actions.</summary>
    private float[] Replayed(Episode episode, double noise, Func<float, float> fed)
    {
        using var scope = NewDisposeScope();
        using var gradient = no_grad();
        using var generator = new Generator(AgentSeed, CPU);
        var state = _learner.Model.Dynamics.InitialState(1);
        var actions = new float[episode.Length - 1];
        for (var row = 0; row < actions.Length; row++)
        {
            (state, var plan) = Decide(state, tensor([fed(episode.Action[row])], [1, 1]), episode, row, generator);
            var action = plan.Mean.select(1, 0);
            if (noise > 0)
            {
                action = action + (noise * randn([1, 1], generator: generator));
            }

            actions[row] = action.clamp(-1, 1).item<float>();
        }

        return actions;
    }

    private (LatentState State, Plan Plan) Decide(LatentState before, Tensor previous, Episode episode, int row, Generator generator)
    {
        var model = _learner.Model;
        var pixels = tensor(Image(episode, row), [1, 64, 64, 3]);
        var dither = ImagePreprocessing.Dither([1, 64, 64, 3], generator);
        var seen = ImagePreprocessing.Preprocess(pixels, model.Options.ImageBits, dither).permute(0, 3, 1, 2);
        var draw = randn([1, model.Dynamics.StochasticSize], generator: generator);
        var state = model.Dynamics.Posterior(before, previous, model.Encoder!.forward(seen), draw);
        return (state, new CrossEntropyMethod(s_planner).Plan(
            new WorldModelDynamics(model), WorldModelDynamics.State(state), new GeneratorNoise(generator)));
    }

    private sealed class Observer : IDecisionObserver
    {
        public List<ActionBelief> Beliefs { get; } = [];

        public bool BeginDecision() => true;

        public void Decided(ActionBelief belief) => Beliefs.Add(belief);
    }

    private sealed class Interrupting(CancellationTokenSource source, int decisions) : IPolicy
    {
        public int Asked { get; private set; }

        public float[][] Act(IReadOnlyList<Percept> percepts)
        {
            if (++Asked == decisions)
            {
                source.Cancel();
            }

            return [[0.5f]];
        }

        public void Dispose()
        {
        }
    }
}
