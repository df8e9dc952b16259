using PlaNet.Environments;
using PlaNet.Environments.Oracle;
using PlaNet.MuJoCo;
using PlaNet.Randomness;

namespace PlaNet.Tests.Environments;

public sealed class OracleTests
{
    private static readonly OracleOptions Small = new() { Horizon = 3, Iterations = 2, Candidates = 24, Elites = 4, Simulators = 1 };

    [Fact]
    public void The_distribution_is_refitted_to_the_mean_and_population_deviation_of_the_best()
    {
        var fitted = SearchDistribution.Fit([[0.5, 0], [-1, 1], [0.1, 0.4], [1, 1]], [3, 9, 3, 1], elites: 2);
        Assert.Equal([-0.25, 0.5], fitted.Mean);
        Assert.Equal([Math.Sqrt(0.5625 + 1e-6), Math.Sqrt(0.25 + 1e-6)], fitted.Deviation);
    }

    [Fact]
    public void Draws_are_clipped_to_the_box_and_start_from_the_standard_normal()
    {
        var random = new RandomStream(3);
        var drawn = Enumerable.Range(0, 2000).SelectMany(_ => SearchDistribution.Standard(2).Draw(random)).ToArray();
        Assert.All(drawn, value => Assert.InRange(value, -1, 1));

        // Of a standard normal, 31.7 % lie outside [-1, 1].
        Assert.InRange(drawn.Count(value => Math.Abs(value) == 1) / (double)drawn.Length, 0.29, 0.35);
        Assert.InRange(drawn.Average(), -0.05, 0.05);
    }

    [Fact]
    public void A_plan_finds_the_actions_that_pay_most()
    {
        using var planner = new OraclePlanner(() => new Bowl(length: 100), Small with { Iterations = 10, Candidates = 200, Elites = 20 });
        using var environment = new Bowl(length: 100);
        environment.Reset(0);
        var plan = planner.Plan(environment.SaveState(), seed: 5, CancellationToken.None);
        Assert.Equal(3, plan.Length);
        Assert.All(plan, action => Assert.Equal(0.6, action, 0.02));
    }

    [Fact]
    public void Planning_stops_at_the_end_of_the_episode()
    {
        using var planner = new OraclePlanner(() => new Bowl(length: 2), Small with { Iterations = 10, Candidates = 200, Elites = 20 });
        using var environment = new Bowl(length: 2);
        environment.Reset(0);
        environment.Step([0]);
        var plan = planner.Plan(environment.SaveState(), seed: 5, CancellationToken.None);
        Assert.Equal(0.6, plan[0], 0.02);
    }

    [Fact]
    public void Actions_that_break_the_simulation_are_the_worst()
    {
        using var planner = new OraclePlanner(() => new Bowl(length: 100) { BreaksAbove = 0.2 }, Small with { Horizon = 1, Candidates = 100, Elites = 10 });
        using var environment = new Bowl(length: 100);
        environment.Reset(0);
        Assert.InRange(planner.Plan(environment.SaveState(), seed: 5, CancellationToken.None)[0], -1, 0.2);
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
        var state = environment.SaveState();
        var plans = new (int Simulators, ulong Seed)[] { (1, 8), (3, 8), (1, 9) }.Select(setting =>
        {
            using var planner = new OraclePlanner(
                () => (IRestorableEnvironment)TaskRegistry.Create(task), Small with { Simulators = setting.Simulators });
            return planner.Plan(state, setting.Seed, CancellationToken.None);
        }).ToList();
        Assert.Equal(plans[0], plans[1]);
        Assert.NotEqual(plans[0], plans[2]);
    }

    [Fact]
    public void Episodes_repeat_for_a_seed_and_report_every_decision()
    {
        var options = Small with { Iterations = 1, Candidates = 4, Elites = 2, Horizon = 2 };
        var reports = new List<OracleProgress>();
        var returns = OracleRun.Play("cartpole_balance", options, 2, 7, reports.Add, CancellationToken.None).ToList();
        Assert.Equal(returns, OracleRun.Play("cartpole_balance", options with { Simulators = 2 }, 2, 7, _ => { }, CancellationToken.None));
        Assert.NotEqual(returns[0], returns[1]);
        Assert.Equal(250, reports.Count);
        Assert.Equal((1, 125, 125, returns[1]), (reports[^1].Episode, reports[^1].Decision, reports[^1].Decisions, reports[^1].Return));
        Assert.All(returns, value => Assert.InRange(value, 1, 1000));
    }

    [Fact]
    public void A_search_can_be_ended_early()
    {
        using var cancelled = new CancellationTokenSource();
        var decisions = 0;
        Assert.ThrowsAny<OperationCanceledException>(() => OracleRun.Play("cartpole_balance", Small, 1, 7, _ => Stop(), cancelled.Token).ToList());
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
    public void Options_that_mean_nothing_are_refused_by_name()
    {
        Assert.Contains("Horizon is 0", Assert.Throws<ArgumentException>((Small with { Horizon = 0 }).Check).Message, StringComparison.Ordinal);
        Assert.Contains("Elites is 25", Assert.Throws<ArgumentException>((Small with { Elites = 25 }).Check).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => OracleRun.Play("cartpole", Small, 1, 0, _ => { }, CancellationToken.None));
    }

    /// <summary>Pays most for the action 0.6, whatever came before; may break above some action.</summary>
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
