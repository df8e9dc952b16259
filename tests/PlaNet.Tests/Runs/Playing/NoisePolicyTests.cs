using PlaNet.Environments;
using PlaNet.Common;
using PlaNet.Runs.Playing;

namespace PlaNet.Tests.Runs.Playing;

public sealed class NoisePolicyTests
{
    private static readonly byte[][] s_images = [[], []];

    [Fact]
    public void Actions_are_clipped_normal_numbers()
    {
        using var policy = new NoisePolicy(ActionSpec.Unit(3), 1, new RandomStream(1), new RandomStream(2));
        double[] drawn =
        [
            .. Enumerable.Range(0, 2000)
                .SelectMany(_ => policy.Act(s_images))
                .SelectMany(action => action)
                .Select(value => (double)value)
        ];
        Assert.Equal(12000, drawn.Length);
        Assert.All(drawn, value => Assert.InRange(value, -1, 1));

        // 15.87 % of standard normal numbers lie beyond each bound and 38.29 % within half a standard deviation. The tolerance is five
        // standard errors.
        Assert.Equal(0.1587, drawn.Count(value => value == 1) / 12000.0, 0.017);
        Assert.Equal(0.1587, drawn.Count(value => value == -1) / 12000.0, 0.017);
        Assert.Equal(0.3829, drawn.Count(value => Math.Abs(value) < 0.5) / 12000.0, 0.023);
    }

    [Fact]
    public void Without_noise_every_action_is_zero()
    {
        using var policy = new NoisePolicy(ActionSpec.Unit(2), 0, new RandomStream(1), new RandomStream(2));
        Assert.All(policy.Act(s_images), action => Assert.All(action, value => Assert.Equal(0, value)));
    }
}
