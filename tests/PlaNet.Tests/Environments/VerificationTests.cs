using System.Globalization;
using PlaNet.Environments.Verification;
using PlaNet.Common;

namespace PlaNet.Tests.Environments;

/// <summary>Verification accepts the recorded data, and reports every changed value with its place.</summary>
public sealed class VerificationTests
{
    private const string Rollout = "physics/rollouts/cartpole/hand__sin.csv";

    [Fact]
    public void The_recorded_data_agree_in_every_part()
    {
        using var copy = new ReferenceCopy()
            .AddRollout("cartpole/hand__sin.csv")
            .AddTransitions("reacher")
            .AddStarts("finger_spin")
            .AddRewards()
            .AddModel("finger")
            .AddFrames("cartpole");
        foreach (var part in Verifier.Parts)
        {
            var comparisons = Verifier.Run(part, copy.Folder).ToList();
            Assert.NotEmpty(comparisons);
            Assert.All(
                comparisons,
                comparison => Assert.True(comparison.IsWithinTolerance, $"{part}: {string.Join(", ", comparison.Differences)}"));
            Assert.All(comparisons, comparison => Assert.True(comparison.Records > 0));
        }
    }

    [Theory]
    [InlineData("qpos_1", "qpos")]
    [InlineData("qvel_0", "qvel")]
    [InlineData("obs_position_2", "observations")]
    [InlineData("reward_swingup", "rewards")]
    public void A_number_off_by_more_than_the_tolerance_is_found_at_its_step(string column, string quantity)
    {
        using var copy = new ReferenceCopy().AddRollout("cartpole/hand__sin.csv");
        copy.ChangeValue(Rollout, 7, column, value => Shift(value, 3e-6));
        var comparison = Assert.Single(Verifier.Run("physics", copy.Folder));
        Assert.False(comparison.IsWithinTolerance);
        var difference = Assert.Single(comparison.Differences, difference => difference.FirstBeyond is not null);
        Assert.Equal((quantity, "step 7"), (difference.Quantity, difference.FirstBeyond));
        Assert.Equal(3e-6, difference.Largest, 1e-9);
    }

    [Fact]
    public void A_number_off_by_less_than_the_tolerance_is_reported_but_allowed()
    {
        using var copy = new ReferenceCopy().AddRollout("cartpole/hand__sin.csv");
        copy.ChangeValue(Rollout, 7, "qpos_0", value => Shift(value, 5e-10));
        var comparison = Assert.Single(Verifier.Run("physics", copy.Folder));
        Assert.True(comparison.IsWithinTolerance);
        Assert.Equal(5e-10, comparison.Differences[0].Largest, 1e-12);
    }

    [Fact]
    public void A_walker_is_compared_only_before_chaos_amplifies_rounding_errors()
    {
        const string File = "physics/rollouts/walker/hand__sin.csv";
        using var copy = new ReferenceCopy().AddRollout("walker/hand__sin.csv");
        copy.ChangeValue(File, 60, "qpos_1", value => Shift(value, 1e-7));
        copy.ChangeValue(File, 120, "qpos_1", value => Shift(value, 1));
        var allowed = Assert.Single(Verifier.Run("physics", copy.Folder));
        Assert.True(allowed.IsWithinTolerance);
        Assert.True(allowed.Differences[0].Largest > 0.5);
        copy.ChangeValue(File, 60, "qpos_1", value => Shift(value, 1e-5));
        Assert.Equal("step 60", Assert.Single(Verifier.Run("physics", copy.Folder)).Differences[0].FirstBeyond);
    }

    [Fact]
    public void A_changed_single_step_is_found_at_its_row()
    {
        using var copy = new ReferenceCopy().AddTransitions("reacher");
        copy.ChangeValue("physics/transitions/reacher.csv", 41, "next_qvel_1", value => Shift(value, 1e-8));
        var comparison = Assert.Single(Verifier.Run("physics", copy.Folder));
        Assert.Equal("row 41", comparison.Differences.Single(difference => difference.Quantity == "qvel").FirstBeyond);
    }

    [Fact]
    public void Changed_rewards_are_found_without_stepping()
    {
        using var copy = new ReferenceCopy().AddRewards().AddRollout("walker/hand__sin.csv");
        copy.ChangeValue("rewards/tolerance_cases.csv", 100, "expected", value => Shift(value, 1e-6));
        copy.ChangeValue("physics/rollouts/walker/hand__sin.csv", 200, "reward_walk", value => Shift(value, 1e-6));
        var comparisons = Verifier.Run("rewards", copy.Folder).ToList();
        Assert.Equal(["row 100", "step 200"], comparisons.Select(comparison => comparison.Differences[0].FirstBeyond));
    }

    [Fact]
    public void Initial_states_of_another_distribution_and_another_settled_state_are_found()
    {
        using var copy = new ReferenceCopy().AddStarts("cheetah_run");
        const string File = "physics/initial_states/cheetah_run.csv";
        copy.ChangeValue(File, 12, "qpos_4", value => Shift(value, 1e-7));
        var settled = Assert.Single(Verifier.Run("resets", copy.Folder));
        Assert.Equal("row 12", settled.Differences.Single(difference => difference.Quantity == "settle").FirstBeyond);
        Assert.Null(settled.Differences.Single(difference => difference.Quantity == "distribution distance").FirstBeyond);
        for (var row = 0; row < 150; row++)
        {
            copy.ChangeValue(File, row, "qvel_3", value => Shift(value, 1));
        }

        var moved = Assert.Single(Verifier.Run("resets", copy.Folder));
        Assert.Equal(
            "qvel_3 of cheetah_run",
            moved.Differences.Single(difference => difference.Quantity == "distribution distance").FirstBeyond);
    }

    [Fact]
    public void A_changed_model_array_and_a_changed_picture_are_found_by_name()
    {
        using var copy = new ReferenceCopy().AddModel("cartpole").AddFrames("cartpole");
        copy.Rewrite("models/cartpole.json", text => text.Replace("\"nq\": 2", "\"nq\": 3", StringComparison.Ordinal));
        var model = Assert.Single(Verifier.Run("models", copy.Folder));
        Assert.Equal("nq", model.Differences.Single(difference => difference.Quantity == "sizes").FirstBeyond);

        // Half of the last picture, so that the difference exceeds the larger tolerance for other OpenGL implementations too.
        for (var i = 1; i <= 64 * 64 * 3 / 2; i++)
        {
            copy.FlipBit("frames/cartpole/frames.npy", ^i);
        }

        var frames = Assert.Single(Verifier.Run("frames", copy.Folder));
        Assert.Equal("frame 9", frames.Differences.Single(difference => difference.Quantity == "mean").FirstBeyond);
    }

    [Fact]
    public void Folders_that_cannot_be_used_are_refused_by_name()
    {
        Assert.Contains(
            "/nowhere",
            Assert.Throws<ReferenceDataException>(() => new ReferenceFolder("/nowhere")).Message,
            StringComparison.Ordinal);
        using var copy = new ReferenceCopy().AddRollout("cartpole/hand__sin.csv");
        Refused("frames", "frames");
        Refused("models", "models/*.json");
        Refused("rewards", "tolerance_cases.csv");
        copy.ChangeValue(Rollout, 3, "qpos_0", _ => "fast");
        Refused("physics", "hand__sin.csv, line 5: 'fast' in column qpos_0");
        copy.Rewrite("physics/rollouts/index.json", text => text.Replace("\"cartpole\"", "\"acrobot\"", StringComparison.Ordinal));
        Refused("physics", "'acrobot'");
        copy.Rewrite("physics/rollouts/index.json", _ => "[{}]");
        Refused("physics", "part 'physics' lacks");
        copy.Rewrite("physics/rollouts/index.json", _ => "[");
        Refused("physics", "index.json is not valid JSON");
        Assert.Contains(
            "physics",
            Assert.Throws<ArgumentException>(() => Verifier.Run("colours", copy.Folder)).Message,
            StringComparison.Ordinal);

        void Refused(string part, string named)
        {
            var refusal = Assert.Throws<ReferenceDataException>(() => Verifier.Run(part, copy.Folder).ToList());
            Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_two_sample_threshold_is_exceeded_as_often_as_its_significance_level()
    {
        var random = new RandomStream(1);
        var exceeded = 0;
        for (var trial = 0; trial < 2000; trial++)
        {
            exceeded += TwoSampleTest.Distance(Sample(0), Sample(0)) > TwoSampleTest.Threshold(100, 100, 0.05) ? 1 : 0;
        }

        Assert.InRange(exceeded, 40, 130);
        Assert.True(TwoSampleTest.Distance(Sample(0), Sample(1)) > TwoSampleTest.Threshold(100, 100, 1e-4));

        double[] Sample(double mean)
        {
            return [.. Enumerable.Range(0, 100).Select(_ => mean + random.NextGaussian())];
        }
    }

    private static string Shift(string value, double by)
    {
        return (double.Parse(value, CultureInfo.InvariantCulture) + by).ToString("R", CultureInfo.InvariantCulture);
    }
}
