using PlaNet.Experiments;
using PlaNet.Planning;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Learning;

/// <summary>A long run must not leak tensors or memory.</summary>
[Collection(nameof(Alone))]
public sealed class LeakTests
{
    private const int Rounds = 1000;
    private const double MaxGrowthMebibytes = 30;

    [Fact]
    public void A_thousand_updates_leave_the_tensors_and_the_memory_as_they_were()
    {
        var batch = Cartpole.Batch(Cartpole.Play(SmallRun.Experiment.Task, seed: 1), chunks: 2, length: 4);
        using var learner = new Learner(SmallRun.Experiment, 1, torch.CPU, seed: 1);
        AssertNoLeak(round => learner.Update(batch, (ulong)round));
    }

    [Fact]
    public void A_thousand_decisions_leave_the_tensors_and_the_memory_as_they_were()
    {
        var episode = Cartpole.Play(SmallRun.Experiment.Task, seed: 1);
        var images = Enumerable.Range(0, episode.Length)
            .Select(row => episode.Image.AsSpan(row * episode.ImageShape.Bytes, episode.ImageShape.Bytes).ToArray())
            .ToArray();
        using var learner = new Learner(SmallRun.Experiment, 1, torch.CPU, seed: 1);
        using var agent = new Agent(learner.Model, SmallRun.Experiment.Planner, 2, torch.CPU, explorationNoise: 0.3, seed: 1);
        AssertNoLeak(round => agent.Act([images[round % images.Length], images[(round + 7) % images.Length]]));
    }

    [Theory]
    [InlineData(PlannerMethod.Cem, PlannerStart.PerCandidate, PlannerPrecision.Float32)]
    [InlineData(PlannerMethod.RandomShooting, PlannerStart.Shared, PlannerPrecision.Float32)]
    [InlineData(PlannerMethod.Icem, PlannerStart.Shared, PlannerPrecision.Float32)]
    [InlineData(PlannerMethod.Mppi, PlannerStart.PerCandidate, PlannerPrecision.Float32)]
    [InlineData(PlannerMethod.CemGradient, PlannerStart.PerCandidate, PlannerPrecision.Float32)]
    [InlineData(PlannerMethod.CemGradient, PlannerStart.Shared, PlannerPrecision.Bfloat16)]
    public void A_thousand_plans_of_any_planner_leave_the_tensors_and_the_memory_as_they_were(
        PlannerMethod method, PlannerStart start, PlannerPrecision precision)
    {
        SmallRun.UseOneThread();
        using var learner = new Learner(SmallRun.Experiment, 1, torch.CPU, seed: 1);
        using var generator = new torch.Generator(1, torch.CPU);
        var options = SmallRun.Experiment.Planner with
        {
            Method = method,
            Start = start,
            Gradient = new GradientOptions { Steps = 2, Samples = 2 }
        };
        var planner = Planners.Create(options);
        var dynamics = new WorldModelDynamics(learner.Model, precision);
        using var episode = torch.NewDisposeScope();
        var state = learner.Model.Dynamics.InitialState(2);
        var starts = dynamics.Starts(state, torch.zeros([2, 1]), torch.zeros([2, 32 * learner.Model.Options.Depth]));
        PlannerMemory? memory = null;
        AssertNoLeak(_ =>
        {
            using var scope = torch.NewDisposeScope();
            var plan = planner.Plan(dynamics, WorldModelDynamics.State(state), new GeneratorNoise(generator), memory, starts);
            memory?.Dispose();
            memory = plan.Memory?.DetachFromDisposeScope();
        });
        memory?.Dispose();
    }

    [Fact]
    public void A_disposed_learner_leaves_no_tensors()
    {
        SmallRun.UseOneThread();
        Assert.True(GC.TryStartNoGCRegion(50 << 20));
        try
        {
            GC.WaitForPendingFinalizers();
            var before = torch.Tensor.TotalCount;
            var learner = new Learner(SmallRun.Experiment, 1, torch.CPU, seed: 1);
            var parameters = learner.Model.parameters().Count();
            learner.Dispose();

            // TorchSharp still counts the tensors whose handles the parameters took over.
            Assert.Equal(before + parameters, torch.Tensor.TotalCount);
        }
        finally
        {
            GC.EndNoGCRegion();
        }
    }

    /// <summary>
    /// Repeats an action and asserts that neither tensors nor memory accumulate. The garbage collector is off while tensors are counted,
    /// because it would free leaked tensors.
    /// </summary>
    private static void AssertNoLeak(Action<int> action)
    {
        SmallRun.UseOneThread();
        for (var round = 0; round < Rounds / 10; round++)
        {
            action(round);
        }

        for (var part = 0; part < 10; part++)
        {
            Assert.True(GC.TryStartNoGCRegion(200 << 20), "the runtime has too little memory to switch garbage collection off");
            try
            {
                // Tensors that earlier tests did not dispose would otherwise be finalized during the count.
                GC.WaitForPendingFinalizers();
                var before = torch.Tensor.TotalCount;
                for (var round = 0; round < Rounds / 10; round++)
                {
                    action(round);
                }

                Assert.Equal(before, torch.Tensor.TotalCount);
            }
            finally
            {
                GC.EndNoGCRegion();
            }
        }

        // The managed heap grows once, and by much on processors with large caches; a leak grows in every repetition.
        var growths = new List<double>();
        do
        {
            var resident = ResidentMemory.Mebibytes();
            for (var round = 0; round < Rounds; round++)
            {
                action(round);
            }

            growths.Add(ResidentMemory.Mebibytes() - resident);
        }
        while (growths[^1] >= MaxGrowthMebibytes && growths.Count < 3);
        Assert.True(
            growths[^1] < MaxGrowthMebibytes,
            $"{Rounds} rounds grew the process by {string.Join(", then ", growths.Select(growth => $"{growth:F1}"))} MiB");
    }
}
