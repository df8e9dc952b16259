using PlaNet.Experiments;

namespace PlaNet.Tests.Experiments;

/// <summary>The figures of section 9 of the specification, from which they were worked out by hand.</summary>
public sealed class ModelCostTests
{
    private static readonly Experiment Planet = new();

    private static readonly Experiment SmallHead = Planet with { Model = Planet.Model with { RewardLayers = 2, RewardUnits = 200 } };

    [Theory]
    [InlineData(1, 299_260, 5_292_220)]
    [InlineData(2, 299_460, 5_292_420)]
    [InlineData(6, 300_260, 5_293_220)]
    public void Parameters_are_those_of_the_paper(int actionSize, long transition, long total)
    {
        var cost = ModelCost.Of(Planet, actionSize);
        Assert.Equal(690_144, cost.Encoder.Parameters);
        Assert.Equal(3_795_555, cost.Decoder.Parameters);
        Assert.Equal(transition, cost.Transition.Parameters);
        Assert.Equal(257_060, cost.Posterior.Parameters);
        Assert.Equal(250_201, cost.Reward.Parameters);
        Assert.Equal(total, cost.Parameters);
    }

    [Fact]
    public void The_smaller_reward_head_has_its_own_count()
    {
        var cost = ModelCost.Of(SmallHead, 6);
        Assert.Equal(86_601, cost.Reward.Parameters);
        Assert.Equal(5_129_620, cost.Parameters);
        Assert.Equal(86_200, cost.Reward.MultiplyAdds);
    }

    [Fact]
    public void A_reward_head_without_hidden_layers_is_one_dense_layer() =>
        Assert.Equal(
            new PartCost("reward", 231, 230),
            ModelCost.Of(Planet with { Model = Planet.Model with { RewardLayers = 0 } }, 1).Reward);

    [Fact]
    public void Multiply_adds_per_item_are_those_of_the_paper()
    {
        var cost = ModelCost.Of(Planet, 6);
        Assert.Equal(1_476_096 + 6_422_528 + 4_718_592 + 2_097_152, cost.Encoder.MultiplyAdds);
        Assert.Equal(235_520 + 3_276_800 + 5_120_000 + 12_460_032 + 3_110_400, cost.Decoder.MultiplyAdds);
        Assert.Equal(7_200 + 240_000 + 40_000 + 12_000, cost.Transition.MultiplyAdds);
        Assert.Equal(244_800 + 12_000, cost.Posterior.MultiplyAdds);
        Assert.Equal(249_300, cost.Reward.MultiplyAdds);
    }

    [Fact]
    public void An_update_costs_three_forward_passes_less_the_gradient_of_the_images()
    {
        var flops = ModelCost.Of(Planet, 6).UpdateFlops;
        Assert.Equal(2 * 2_500.0 * ((3 * (14_714_368 + 24_202_752 + 299_200 + 256_800 + 249_300L)) - 1_476_096), flops);
        Assert.Equal(588, Math.Round(flops / 1e9));
    }

    [Theory]
    [InlineData(0, OvershootingReward.Off, 0, 0)]
    [InlineData(1, OvershootingReward.Off, 0, 63_750L * 299_200)]
    [InlineData(0, OvershootingReward.Prior, 0, (63_750L * 299_200) + (61_250L * 249_300))]
    [InlineData(0, OvershootingReward.PosteriorStopped, 0, 2_500L * 249_300)]
    [InlineData(0, OvershootingReward.Off, 0.5, (50 * 240L * 299_200) + (50 * 240L * 24_202_752))]
    [InlineData(1, OvershootingReward.Off, 0.5, (63_750L * 299_200) + (50 * 240L * 24_202_752))]
    public void Overshooting_costs_what_stays_inside_its_chunk(double latents, OvershootingReward reward, double observations, long forward)
    {
        var objective = new ObjectiveOptions { OvershootingScale = latents, OvershootingReward = reward, ObservationOvershootingScale = observations };
        var more = ModelCost.Of(Planet with { Objective = objective }, 6).UpdateFlops - ModelCost.Of(Planet, 6).UpdateFlops;
        Assert.Equal(6.0 * forward, more);
    }

    [Fact]
    public void A_decision_costs_one_imagined_step_per_candidate_iteration_and_horizon()
    {
        var cost = ModelCost.Of(Planet, 6);
        Assert.Equal(2 * 120_000.0 * 548_500, cost.PlanningFlops);
        Assert.Equal(131.6, Math.Round(cost.PlanningFlops / 1e9, 1));
        Assert.Equal(92.5, Math.Round(ModelCost.Of(SmallHead, 6).PlanningFlops / 1e9, 1));
        Assert.Equal(15.3, Math.Round(cost.FilteringFlops / 2e6, 1));
        Assert.Equal(cost.PlanningFlops + cost.FilteringFlops, cost.DecisionFlops);
    }

    [Fact]
    public void The_stochastic_model_costs_what_the_specification_counts()
    {
        var cost = ModelCost.Of(Planet with { Model = Planet.Model with { Transition = TransitionKind.Ssm } }, 6);
        Assert.Equal(19_460, cost.Transition.Parameters);
        Assert.Equal(229_060, cost.Posterior.Parameters);
        Assert.Equal(3_590_755, cost.Decoder.Parameters);
        Assert.Equal(190_201, cost.Reward.Parameters);
        Assert.Equal(690_144, cost.Encoder.Parameters);
        Assert.Equal(4_719_620, cost.Parameters);
        Assert.Equal((36 * 200) + (200 * 60), cost.Transition.MultiplyAdds);
        Assert.Equal((1084 * 200) + (200 * 60), cost.Posterior.MultiplyAdds);
    }

    [Fact]
    public void The_doubly_recurrent_model_leaves_the_image_out_where_there_is_none_and_trains_its_prior_in_a_second_pass()
    {
        // Z = 2, G = 3, hidden 4, embedding 32, two numbers in an action.
        var tiny = Planet.Model with { Transition = TransitionKind.Drnn, Depth = 1, StochasticSize = 2, BeliefSize = 3, HiddenSize = 4 };
        var cost = ModelCost.Of(Planet with { Model = tiny }, 2);
        const int encoder = (4 + 3) * 9, dense = 8 * 4, distribution = 4 * 4, decoder = (2 + 3) * 9, sight = 32 * 9;
        Assert.Equal(encoder + 9 + dense + 4 + distribution + 4 + decoder + 9, cost.Transition.Parameters);
        Assert.Equal(sight, cost.Posterior.Parameters);
        Assert.Equal(encoder + dense + distribution + decoder, cost.Transition.MultiplyAdds);
        Assert.Equal(sight + encoder + dense + distribution, cost.Posterior.MultiplyAdds);
        Assert.Equal(2 * (cost.Encoder.MultiplyAdds + cost.Transition.MultiplyAdds + sight), cost.FilteringFlops);
    }

    [Fact]
    public void Sizes_enter_everywhere_they_should()
    {
        // Worked out for depth 1, Z = 2, G = 3, hidden 4, one reward layer of 5 units and two numbers in an action.
        var tiny = Planet with
        {
            Model = Planet.Model with { Depth = 1, StochasticSize = 2, BeliefSize = 3, HiddenSize = 4, RewardLayers = 1, RewardUnits = 5 },
        };
        var cost = ModelCost.Of(tiny, 2);
        Assert.Equal((48 + 1) + (32 + 2) + (128 + 4) + (512 + 8), cost.Encoder.Parameters);
        Assert.Equal((160 + 32) + ((25 * 32 * 4) + 4) + ((25 * 4 * 2) + 2) + ((36 * 2) + 1) + ((36 * 3) + 3), cost.Decoder.Parameters);
        Assert.Equal((16 + 4) + (42 + 6) + (21 + 3) + (12 + 4) + (16 + 4), cost.Transition.Parameters);
        Assert.Equal((140 + 4) + (16 + 4), cost.Posterior.Parameters);
        Assert.Equal((25 + 5) + (5 + 1), cost.Reward.Parameters);
    }

    [Fact]
    public void The_largest_sizes_do_not_overflow()
    {
        var huge = Planet.Model with
        {
            Depth = 65536,
            StochasticSize = 65536,
            BeliefSize = 65536,
            HiddenSize = 65536,
            RewardLayers = 64,
            RewardUnits = 65536,
            ModelLayers = 64,
        };
        var cost = ModelCost.Of(Planet with { Model = huge, Replay = new ReplayOptions { BatchSize = int.MaxValue } }, 6);
        Assert.All(cost.Parts, part => Assert.True(part.Parameters > 0 && part.MultiplyAdds > 0, part.Name));
        Assert.True(double.IsFinite(cost.UpdateFlops) && cost.UpdateFlops > 0);
    }
}
