using PlaNet.Experiments;
using PlaNet.Planning;

namespace PlaNet.Tests.Planning;

public sealed class PlannersTests
{
    [Theory]
    [InlineData(PlannerMethod.Cem, typeof(CrossEntropyMethod))]
    [InlineData(PlannerMethod.RandomShooting, typeof(RandomShooting))]
    [InlineData(PlannerMethod.Icem, typeof(ImprovedCrossEntropyMethod))]
    [InlineData(PlannerMethod.Mppi, typeof(PathIntegralControl))]
    [InlineData(PlannerMethod.CemGradient, typeof(GradientRefinement))]
    public void Every_method_has_its_planner(PlannerMethod method, Type planner)
    {
        Assert.IsType(planner, Planners.Create(new PlannerOptions { Method = method }));
    }

    [Fact]
    public void An_unknown_method_is_refused_with_the_known_ones()
    {
        var refusal = Assert.Throws<ArgumentOutOfRangeException>(() => Planners.Create(new PlannerOptions { Method = (PlannerMethod)9 }));
        Assert.Contains("planner.method is one of", refusal.Message);
    }

    [Fact]
    public void Icem_tries_fewer_candidates_in_each_iteration_but_at_least_twice_the_elites()
    {
        var options = new PlannerOptions
        {
            Method = PlannerMethod.Icem,
            Iterations = 5,
            Candidates = 100,
            Elites = 20,
            Icem = new IcemOptions { PopulationDecay = 1.5 },
        };
        Assert.Equal([100, 67, 44, 40, 40], Enumerable.Range(0, 5).Select(options.CandidatesAt));
        Assert.Equal(291, options.Trajectories);
        Assert.Equal(500, (options with { Method = PlannerMethod.Cem }).Trajectories);
        Assert.Equal(100, (options with { Method = PlannerMethod.RandomShooting }).Trajectories);
        Assert.Equal(0, (options with { Iterations = 0 }).Trajectories);
    }
}
