using PlaNet.Planning;
using static TorchSharp.torch;

namespace PlaNet.Tests.Planning;

public sealed class ColouredNoiseTests
{
    [Theory]
    [InlineData(2, 1)]
    [InlineData(12, 0.5)]
    [InlineData(12, 2)]
    [InlineData(13, 2)]
    public void Every_step_has_variance_one_and_every_frequency_its_power(int horizon, double exponent)
    {
        var mixing = ColouredNoise.Mixing(horizon, exponent);
        double Covariance(int one, int other) =>
            Enumerable.Range(0, horizon).Sum(i => mixing[(one * horizon) + i] * mixing[(other * horizon) + i]);
        Assert.All(Enumerable.Range(0, horizon), step => Assert.Equal(1, Covariance(step, step), 12));

        // The expected power of frequency f: the covariance between a wave and itself.
        double Power(int frequency) => (
            from one in Enumerable.Range(0, horizon)
            from other in Enumerable.Range(0, horizon)
            select Covariance(one, other) * Math.Cos(2 * Math.PI * frequency * (one - other) / horizon)).Sum();
        for (var frequency = 1; frequency <= horizon / 2; frequency++)
        {
            Assert.Equal(Math.Pow(frequency, -exponent), Power(frequency) / Power(1), 9);
        }
    }

    [Fact]
    public void An_exponent_of_zero_leaves_white_noise_as_it_is()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1, CPU);
        var white = randn([5, 2, 3, 4], generator: generator);
        Assert.Same(white, ColouredNoise.Of(white, 0));
        Assert.Equal(white.shape, ColouredNoise.Of(white, 1).shape);
        var mixing = ColouredNoise.Mixing(6, 0);
        for (var one = 0; one < 6; one++)
        {
            for (var other = 0; other < 6; other++)
            {
                var product = Enumerable.Range(0, 6).Sum(i => mixing[(one * 6) + i] * mixing[(other * 6) + i]);
                Assert.Equal(one == other ? 1 : 0, product, 12);
            }
        }
    }
}
