using PlaNet.Experiments;
using PlaNet.Models;
using PlaNet.Planning;
using PlaNet.Tests.Models;
using PlaNet.Tests.Runs;
using static TorchSharp.torch;

namespace PlaNet.Tests.Planning;

/// <summary>Plans in bfloat16: close to those in float32, for every model and planner.</summary>
public sealed class PlannerPrecisionTests : IDisposable
{
    private static readonly PlannerOptions s_planner = new()
    {
        Horizon = 4,
        Iterations = 2,
        Candidates = 40,
        Elites = 5,
        Gradient = new GradientOptions { Steps = 2, Samples = 2 },
    };

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Generator _generator;

    public PlannerPrecisionTests()
    {
        SmallRun.UseOneThread();
        _generator = new Generator(1, CPU);
    }

    public static TheoryData<string> Models => Forms.Names;

    [Theory]
    [MemberData(nameof(Models))]
    public void Returns_of_the_same_candidates_differ_by_the_rounding_of_bfloat16(string form)
    {
        using var model = Model(Forms.All[form]);
        using var noGrad = no_grad();
        var actions = randn([4, 1, 40, 1], generator: _generator).clamp(-1, 1);
        var state = WorldModelDynamics.State(model.Dynamics.InitialState(1));
        Tensor Returns(PlannerPrecision precision)
        {
            using var generator = new Generator(7, CPU);
            var imagination = new Imagination(s_planner with { Precision = precision }, new WorldModelDynamics(model), state, starts: null);
            var noise = new GeneratorNoise(generator);
            return imagination.Returns(imagination.Start(40, noise), actions, noise);
        }

        var (exact, rounded) = (Returns(PlannerPrecision.Float32), Returns(PlannerPrecision.Bfloat16));
        Assert.Equal((float32, float32), (exact.dtype, rounded.dtype));
        var error = (exact - rounded).abs().mean().item<float>();
        Assert.InRange(error / exact.std().item<float>(), 1e-5, 0.05);
    }

    [Theory]
    [InlineData(PlannerMethod.Cem, PlannerStart.Shared, false)]
    [InlineData(PlannerMethod.Cem, PlannerStart.PerCandidate, true)]
    [InlineData(PlannerMethod.RandomShooting, PlannerStart.Shared, false)]
    [InlineData(PlannerMethod.Icem, PlannerStart.Shared, false)]
    [InlineData(PlannerMethod.Mppi, PlannerStart.PerCandidate, false)]
    [InlineData(PlannerMethod.CemGradient, PlannerStart.PerCandidate, true)]
    public void Every_planner_returns_a_finite_plan_in_float32(PlannerMethod method, PlannerStart start, bool terminates)
    {
        using var model = Model(Forms.Small, terminates);
        var dynamics = new WorldModelDynamics(model);
        var before = model.Dynamics.InitialState(2);
        var starts = dynamics.Starts(before, zeros([2, 1]), zeros([2, Forms.Small.StateUnits]));
        var options = s_planner with { Method = method, Start = start, Precision = PlannerPrecision.Bfloat16 };
        var plan = Planners.Create(options).Plan(
            dynamics, WorldModelDynamics.State(before), new GeneratorNoise(_generator), memory: null, starts);
        Assert.Equal((float32, float32), (plan.Mean.dtype, plan.Return.dtype));
        Assert.True(plan.Mean.isfinite().all().item<bool>());
        Assert.True(plan.Return.isfinite().all().item<bool>());
        Assert.All(model.parameters(), weight => Assert.Equal(float32, weight.dtype));
    }

    public void Dispose()
    {
        _generator.Dispose();
        _scope.Dispose();
    }

    private WorldModel Model(ModelOptions options, bool terminates = false) =>
        new(options, actionSize: 1, _generator, imageSize: 0, terminates: terminates, stateSize: 5);
}
