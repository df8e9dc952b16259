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
