using PlaNet.Environments;
using PlaNet.Experiments;
using PlaNet.MuJoCo;
using PlaNet.Runs.Oracle;

namespace PlaNet.Tests.Runs.Oracle;

public sealed class OracleTests
{
    private static readonly PlannerOptions Small = new() { Horizon = 3, Iterations = 2, Candidates = 24, Elites = 4 };

    private static readonly PlannerOptions Thorough = Small with { Iterations = 10, Candidates = 200, Elites = 20 };

    [Theory]
    [InlineData(PlannerMethod.Cem)]
    [InlineData(PlannerMethod.Icem)]
    [InlineData(PlannerMethod.Mppi)]
    public void A_decision_finds_the_action_with_the_highest_reward(PlannerMethod method)
    {
        var mppi = new MppiOptions { Temperature = 0.002, NoiseStddev = 0.3 };
        Assert.Equal(0.6, Decide(new Bowl(length: 100), Thorough with { Method = method, Mppi = mppi }), 0.05);
    }

    [Fact]
    public void Planning_stops_at_the_end_of_the_episode()
    {
        using var environment = new Bowl(length: 2);
        using var dynamics = new SimulatorDynamics(() => new Bowl(length: 2), simulators: 1);
        using var policy = new OraclePolicy(environment, dynamics, Thorough, seed: 5);
        environment.Reset(0);
        environment.Step([0]);
        Assert.Equal(0.6, policy.Act([new Percept([], [])])[0][0], 0.02);
    }

    [Fact]
    public void Actions_that_break_the_simulation_rank_last()
    {
        var action = Decide(new Bowl(length: 100) { BreaksAbove = 0.2 }, Small with { Horizon = 1, Candidates = 100, Elites = 10 });
        Assert.InRange(action, -1, 0.2);
    }

    [Theory]
    [InlineData("cartpole_swingup")]
    [InlineData("reacher_hard")]
    [InlineData("walker_walk")]
    public void The_plan_of_a_seed_does_not_depend_on_the_number_of_simulators(string task)
    {
        using var environment = (IRestorableEnvironment)TaskRegistry.Create(task);
        environment.Reset(4);
        environment.Step(new float[environment.Spec.Action.Size]);
        var actions = new (int Simulators, ulong Seed)[] { (1, 8), (3, 8), (1, 9) }.Select(setting =>
        {
            using var dynamics = new SimulatorDynamics(() => (IRestorableEnvironment)TaskRegistry.Create(task), setting.Simulators);
            using var policy = new OraclePolicy(environment, dynamics, Small, setting.Seed);
            return policy.Act([new Percept([], [])])[0];
        }).ToList();
        Assert.Equal(actions[0], actions[1]);
        Assert.NotEqual(actions[0], actions[2]);
    }

    [Fact]
    public void Episodes_repeat_for_a_seed_and_report_every_decision()
    {
        var options = Small with { Iterations = 1, Candidates = 4, Elites = 2, Horizon = 2 };
        var reports = new List<OracleProgress>();
        var returns = OracleRun.Play("cartpole_balance", options, 1, 2, 7, reports.Add, CancellationToken.None).ToList();
        Assert.Equal(returns, OracleRun.Play("cartpole_balance", options, 2, 2, 7, _ => { }, CancellationToken.None));
        Assert.NotEqual(returns[0], returns[1]);
        Assert.Equal(2 * (1 + 125), reports.Count);
        Assert.Equal((1, 125, 125, returns[1]), (reports[^1].Episode, reports[^1].Decision, reports[^1].Decisions, reports[^1].Return));
        Assert.All(returns, value => Assert.InRange(value, 1, 1000));
    }

    [Fact]
    public void A_search_can_be_ended_early()
    {
        using var cancelled = new CancellationTokenSource();
        var decisions = 0;
        Assert.ThrowsAny<OperationCanceledException>(
            () => OracleRun.Play("cartpole_balance", Small, 1, 1, 7, _ => Stop(), cancelled.Token).ToList());
        Assert.Equal(3, decisions);

        void Stop()
        {
            if (++decisions == 3)
            {
                cancelled.Cancel();
            }
        }
    }

    [Fact]
    public void Invalid_arguments_are_refused()
    {
        Assert.Throws<ArgumentException>(() => OracleRun.Play("cartpole", Small, 1, 1, 0, _ => { }, CancellationToken.None));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => OracleRun.Play("cartpole_balance", Small, 0, 1, 0, _ => { }, CancellationToken.None));
    }

    private static float Decide(Bowl environment, PlannerOptions options)
    {
        using var owned = environment;
        using var dynamics = new SimulatorDynamics(() => new Bowl(length: 100) { BreaksAbove = environment.BreaksAbove }, simulators: 1);
        using var policy = new OraclePolicy(environment, dynamics, options, seed: 5);
        environment.Reset(0);
        return policy.Act([new Percept([], [])])[0][0];
    }

    /// <summary>The reward is always highest for the action 0.6. Actions above <see cref="BreaksAbove"/> break the simulation.</summary>
    private sealed class Bowl(int length) : IRestorableEnvironment
    {
        private int _step;

        public double BreaksAbove { get; init; } = 2;

        public EnvironmentSpec Spec { get; } = new("bowl", ActionSpec.Unit(1), null, [new StateSpec("step", 1)], length);

        public Observation Reset(ulong seed)
        {
            _step = 0;
            return Observe();
        }

        public StepResult Step(ReadOnlySpan<float> action)
        {
            if (_step >= length)
            {
                throw new InvalidOperationException("The episode is over.");
            }

            if (action[0] > BreaksAbove)
            {
                throw new MuJoCoException("It broke.");
            }

            _step++;
            return new StepResult(Observe(), -(action[0] - 0.6) * (action[0] - 0.6), Terminated: false, Truncated: _step == length);
        }

        public EnvironmentState SaveState()
        {
            return new EnvironmentState("bowl", _step, new SimulatorState(0, [], [], [], [], [], [], [], [], [], [], []), []);
        }

        public void RestoreState(EnvironmentState state)
        {
            _step = state.Step;
        }

        public void Dispose()
        {
        }

        private Observation Observe()
        {
            return new Observation(null, new Dictionary<string, float[]>(StringComparer.Ordinal) { ["step"] = [_step] });
        }
    }
}
