using PlaNet.Common;

namespace PlaNet.Tests.Common;

public sealed class RandomStreamTests
{
    [Fact]
    public void Matches_the_published_generator_from_a_known_state()
    {
        // First outputs of the authors' reference implementation of xoshiro256++ from the state 1, 2, 3, 4.
        var stream = new RandomStream(new RandomState(1, 2, 3, 4));
        Assert.Equal([41943041UL, 58720359UL, 3588806011781223UL], [stream.NextUInt64(), stream.NextUInt64(), stream.NextUInt64()]);
    }

    [Fact]
    public void A_saved_state_gives_the_same_numbers_again()
    {
        var stream = new RandomStream(7);
        stream.NextGaussian();
        var saved = stream.State;
        var first = Enumerable.Range(0, 10).Select(_ => stream.NextGaussian()).ToArray();
        stream.State = saved;
        Assert.Equal(first, Enumerable.Range(0, 10).Select(_ => stream.NextGaussian()));
    }

    [Fact]
    public void Purposes_and_indices_give_unrelated_streams()
    {
        var seeds = new HashSet<ulong>();
        foreach (var purpose in new[] { "replay", "model", "yalper", "" })
        {
            for (ulong index = 0; index < 100; index++)
            {
                Assert.True(seeds.Add(RandomStream.Derive(1, purpose, index)));
            }
        }
    }

    [Fact]
    public void Integers_are_uniform_and_gaussians_have_unit_variance()
    {
        var stream = new RandomStream(3);
        var counts = new int[7];
        double sum = 0, squares = 0;
        const int Draws = 70_000;
        for (var i = 0; i < Draws; i++)
        {
            counts[stream.NextInt32(7)]++;
            var x = stream.NextGaussian();
            sum += x;
            squares += x * x;
        }

        var chiSquare = counts.Sum(count => Math.Pow(count - (Draws / 7.0), 2) / (Draws / 7.0));
        Assert.True(chiSquare < 27.9, $"chi-square {chiSquare} over 6 degrees of freedom: p below 1e-4");
        Assert.InRange(sum / Draws, -5 / Math.Sqrt(Draws), 5 / Math.Sqrt(Draws));
        Assert.InRange(squares / Draws, 1 - (5 * Math.Sqrt(2.0 / Draws)), 1 + (5 * Math.Sqrt(2.0 / Draws)));
    }
}
