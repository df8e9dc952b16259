using PlaNet.Environments;
using PlaNet.MuJoCo;

namespace PlaNet.Tests.Environments;

public sealed class WrapperTests
{
    [Fact]
    public void Action_repeat_sums_rewards_and_keeps_the_last_observation()
    {
        using var environment = new ActionRepeat(new Counter(length: 10), 4);
        Assert.Equal(3, environment.Spec.Decisions);
        environment.Reset(0);
        var result = environment.Step([0]);
        Assert.Equal(1 + 2 + 3 + 4, result.Reward);
        Assert.Equal(4, result.Observation.States["count"][0]);
        Assert.False(result.Ended);
    }

    [Fact]
    public void Action_repeat_stops_where_the_episode_ends()
    {
        using var environment = new ActionRepeat(new Counter(length: 10), 4);
        environment.Reset(0);
        environment.Step([0]);
        environment.Step([0]);
        var last = environment.Step([0]);
        Assert.Equal(9 + 10, last.Reward);
        Assert.True(last.Truncated);
    }

    [Fact]
    public void One_frame_is_drawn_per_decision_and_none_for_repeats_in_between()
    {
        var counter = new Counter(length: 100);
        using var environment = new PixelObservation(new ActionRepeat(counter, 8), new ImageSpec(2, 2));
        var first = environment.Reset(0);
        Assert.Equal(0, first.Image![0]);
        var second = environment.Step([0]).Observation;
        Assert.Equal(8, second.Image![0]);
        Assert.Equal(2, counter.Drawn);
        Assert.Equal(new ImageSpec(2, 2), environment.Spec.Image);
    }

    [Fact]
    public void An_action_repeat_around_a_pixel_wrapper_is_refused()
    {
        using var pixels = new PixelObservation(new Counter(length: 10), new ImageSpec(2, 2));
        Assert.Contains("outside", Assert.Throws<ArgumentException>(() => new ActionRepeat(pixels, 2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Normalized_actions_reach_the_bounds_and_unbounded_ones_are_unchanged()
    {
        var inner = new Recorder(new ActionSpec([-3, 0, float.NegativeInfinity], [5, 0.1f, float.PositiveInfinity]));
        using var environment = new NormalizeActions(inner);
        Assert.Equal(new float[] { -1, -1, -1 }, environment.Spec.Action.Low);
        Assert.Equal(new float[] { 1, 1, 1 }, environment.Spec.Action.High);
        environment.Step([-1, -1, 0.25f]);
        Assert.Equal([-3, 0, 0.25f], inner.Received);
        environment.Step([1, 1, -0.25f]);
        Assert.Equal([5, 0.1f, -0.25f], inner.Received);
        environment.Step([0, 0, 0]);
        Assert.Equal([1, 0.05f, 0], inner.Received);
        Assert.Contains(
            "must lie in [-1, 1]",
            Assert.Throws<ArgumentException>(() => environment.Step([2, 0, 0])).Message,
            StringComparison.Ordinal);
    }

    // The width of the first is no 32-bit number; a bound of the others is lost beside the width.
    [Theory]
    [InlineData(-3.4e38f, 3.4e38f, 0)]
    [InlineData(-1e30f, 1e30f, 0)]
    [InlineData(-1e30f, 1, -5e29f)]
    [InlineData(-1, 1e30f, 5e29f)]
    [InlineData(1.2676506e30f, 2.5353012e30f, 1.9014759e30f)]
    [InlineData(-1e-40f, 3e-40f, 1e-40f)]
    [InlineData(0, 1e-45f, 0)]
    [InlineData(-3, -2, -2.5f)]
    public void Normalized_actions_reach_exactly_the_bounds_of_any_finite_size_in_order(float low, float high, float middle)
    {
        var inner = new Recorder(new ActionSpec([low], [high]));
        using var environment = new NormalizeActions(inner);
        float Scaled(float action)
        {
            environment.Step([action]);
            return inner.Received[0];
        }

        Assert.Equal((low, middle, high), (Scaled(-1), Scaled(0), Scaled(1)));
        float[] all = [.. Enumerable.Range(-1000, 2001).Select(step => Scaled(step / 1000f))];
        Assert.Equal(all.Order(), all);
        Assert.All(all, action => Assert.InRange(action, low, high));
    }

    [Fact]
    public void Choices_pass_the_wrappers_that_know_them_unchanged_and_must_be_one_hot()
    {
        var inner = new Recorder(ActionSpec.Discrete(3));
        using var environment = new NormalizeActions(new ActionRepeat(inner, 2));
        Assert.True(environment.Spec.Action.IsDiscrete);
        environment.Step([0, 1, 0]);
        Assert.Equal([0, 1, 0], inner.Received);
        foreach (float[] none in new float[][] { [0, 0, 0], [1, 1, 0], [0.5f, 0.5f, 0], [0, 1, -1], [0, float.NaN, 1], [2, 0, 0] })
        {
            Assert.Contains(
                "must be one of 3 choices", Assert.Throws<ArgumentException>(() => environment.Step(none)).Message, StringComparison.Ordinal);
        }

        Assert.Throws<ArgumentException>(() => environment.Step([1, 0]));
        Assert.Contains(
            "3 choices, which cannot be padded",
            Assert.Throws<ArgumentException>(() => new PadActions(inner, 4)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_choice_is_a_one_hot_vector_and_back()
    {
        var choices = ActionSpec.Discrete(4);
        Assert.Equal([0, 0, 1, 0], choices.Choose(2));
        Assert.All(Enumerable.Range(0, 4), choice => Assert.Equal(choice, ActionSpec.ChoiceOf(choices.Choose(choice))));
        Assert.Equal([1, 0, 0, 0], choices.Idle());
        Assert.Equal([0, 0.5f, -2], new ActionSpec([-1, 0.5f, -3], [1, 3, -2]).Idle());
        Assert.Contains("from 0 to 3", Assert.Throws<ArgumentException>(() => choices.Choose(4)).Message, StringComparison.Ordinal);
        Assert.Contains("from 0 to 3", Assert.Throws<ArgumentException>(() => choices.Choose(-1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ActionSpec.Unit(2).Choose(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ActionSpec.Discrete(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ActionSpec.Discrete(1025));
    }

    [Fact]
    public void Padded_actions_are_wider_and_the_padding_has_no_effect()
    {
        using var plain = TaskRegistry.Create("reacher_easy");
        using var padded = new PadActions(TaskRegistry.Create("reacher_easy"), 6);
        Assert.Equal(6, padded.Spec.Action.Size);
        plain.Reset(1);
        padded.Reset(1);
        var expected = plain.Step([0.5f, -0.25f]).Observation.States["position"];
        Assert.Equal(expected, padded.Step([0.5f, -0.25f, 1, -1, 0.3f, 0]).Observation.States["position"]);
        Assert.Throws<ArgumentException>(() => padded.Step([0, 0, 0, 0, 0, 2]));
        Assert.Throws<ArgumentException>(() => padded.Step([0, 0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PadActions(plain, 1));
    }

    /// <summary>Counts its steps; the count is both the observation and the reward.</summary>
    private sealed class Counter(int length) : IRenderableEnvironment
    {
        private int _count;

        public EnvironmentSpec Spec { get; } = new("counter", ActionSpec.Unit(1), null, [new StateSpec("count", 1)], length);

        public int Drawn { get; private set; }

        public Observation Reset(ulong seed)
        {
            _count = 0;
            return Observe();
        }

        public StepResult Step(ReadOnlySpan<float> action)
        {
            _count++;
            return new StepResult(Observe(), _count, Terminated: false, Truncated: _count == length);
        }

        public ICamera OpenCamera(ImageSpec image, int camera, RenderQuality quality)
        {
            return new Camera(this);
        }

        public void Dispose()
        {
        }

        private Observation Observe()
        {
            return new Observation(null, new Dictionary<string, float[]>(StringComparer.Ordinal) { ["count"] = [_count] });
        }

        private sealed class Camera(Counter counter) : ICamera
        {
            public void Render(Span<byte> rgb)
            {
                rgb.Fill((byte)counter._count);
                counter.Drawn++;
            }

            public void Dispose()
            {
            }
        }
    }

    private sealed class Recorder(ActionSpec action) : IEnvironment
    {
        public EnvironmentSpec Spec { get; } = new("recorder", action, null, [], 10);

        public float[] Received { get; private set; } = [];

        public Observation Reset(ulong seed) => new(null, new Dictionary<string, float[]>());

        public StepResult Step(ReadOnlySpan<float> action)
        {
            Spec.Action.Check(Spec.Task, action);
            Received = action.ToArray();
            return new StepResult(Reset(0), 0, Terminated: false, Truncated: false);
        }

        public void Dispose()
        {
        }
    }
}
