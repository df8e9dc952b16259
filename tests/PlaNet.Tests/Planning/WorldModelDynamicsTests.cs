using PlaNet.Experiments;
using PlaNet.Models;
using PlaNet.Planning;

namespace PlaNet.Tests.Planning;

public sealed class WorldModelDynamicsTests
{
    private const int Rows = 64;
    private const int Steps = 12;

    public static TheoryData<string> Forms { get; } = Models.Forms.Names;

    // One rounding to 8 bits changes a number by up to 0.4 %; the tolerance allows for those of twelve steps. Seen to fail when a layer of
    // the DRNN kept its weights in float32.
    [Theory]
    [MemberData(nameof(Forms))]
    public void Rewards_imagined_in_bfloat16_are_close_to_those_in_float32(string form)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradient = torch.no_grad();
        var (exact, rounded) = (Rewards(form, PlannerPrecision.Float32), Rewards(form, PlannerPrecision.Bfloat16));
        Assert.NotEqual(exact, rounded);
        var scale = exact.Max(Math.Abs);
        Assert.All(exact.Zip(rounded), pair => Assert.InRange(pair.Second, pair.First - (scale / 20), pair.First + (scale / 20)));
    }

    [Theory]
    [InlineData(PlannerMethod.Cem)]
    [InlineData(PlannerMethod.RandomShooting)]
    [InlineData(PlannerMethod.Icem)]
    [InlineData(PlannerMethod.Mppi)]
    [InlineData(PlannerMethod.CemGradient)]
    public void Every_planner_plans_in_bfloat16_with_a_plan_and_a_return_in_float32(PlannerMethod method)
    {
        using var scope = torch.NewDisposeScope();
        using var model = Model("rssm");
        using var generator = new torch.Generator(3, torch.CPU);
        var options = new PlannerOptions
        {
            Method = method,
            Candidates = 50,
            Elites = 10,
            Iterations = 3,
            Precision = PlannerPrecision.Bfloat16,
        };
        var planner = Planners.Create(options);
        var state = WorldModelDynamics.State(model.Dynamics.InitialState(2));
        using var plan = planner.Plan(new WorldModelDynamics(model, options.Precision), state, new GeneratorNoise(generator));
        Assert.Equal(torch.ScalarType.Float32, plan.Mean.dtype);
        Assert.Equal(torch.ScalarType.Float32, plan.Return.dtype);
        Assert.True(plan.Mean.isfinite().all().item<bool>());
        Assert.All(model.parameters(), parameter => Assert.Equal(torch.ScalarType.Float32, parameter.dtype));
    }

    private static WorldModel Model(string form)
    {
        using var generator = new torch.Generator(1, torch.CPU);
        return new WorldModel(Models.Forms.All[form], actionSize: 2, generator, terminates: true);
    }

    // Each reward with the probability that the episode continues, so that both heads are compared.
    private static double[] Rewards(string form, PlannerPrecision precision)
    {
        using var scope = torch.NewDisposeScope();
        using var model = Model(form);
        using var generator = new torch.Generator(2, torch.CPU);
        var dynamics = new WorldModelDynamics(model, precision);
        var noise = new GeneratorNoise(generator);
        var state = WorldModelDynamics.State(model.Dynamics.InitialState(Rows));
        var rewards = new List<torch.Tensor>();
        for (var step = 0; step < Steps; step++)
        {
            state = dynamics.Transition(state, noise.Actions([Rows, 2]), noise.Dynamics([Rows, dynamics.NoiseSize]));
            rewards.Add(dynamics.Reward(state) * dynamics.Continuation!(state));
        }

        var all = torch.stack(rewards, 0);
        Assert.Equal(torch.ScalarType.Float32, all.dtype);
        return [.. all.data<float>().Select(value => (double)value)];
    }
}
