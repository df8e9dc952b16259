using PlaNet.Common;
using PlaNet.Replay;

namespace PlaNet.Tests.Replay;

/// <summary>Episodes for tests.</summary>
internal static class Recordings
{
    /// <summary>An episode of random numbers.</summary>
    public static Episode Random(string name, int steps, int side = 4, int actionSize = 2, ulong seed = 1, EpisodeEnd? end = null)
    {
        var random = RandomStream.Fork(seed, name);
        var shape = new ImageShape(side, side);
        var builder = new EpisodeBuilder(shape, actionSize, ["position"]);
        var image = new byte[shape.Bytes];
        var action = new float[actionSize];
        for (var step = 0; step <= steps; step++)
        {
            for (var i = 0; i < image.Length; i++)
            {
                image[i] = (byte)random.NextInt32(256);
            }

            var states = new Dictionary<string, float[]> { ["position"] = [(float)random.NextGaussian(), step] };
            if (step == 0)
            {
                builder.Reset(image, states);
                continue;
            }

            for (var i = 0; i < actionSize; i++)
            {
                action[i] = (float)random.NextUniform(-1, 1);
            }

            builder.Add(action, (float)random.NextDouble(), image, states);
        }

        return builder.Build(name, seed, weightsVersion: 7, end);
    }

    /// <summary>An episode in which every number identifies the episode and the row.</summary>
    public static Episode Numbered(string name, byte number, int length, EpisodeEnd? end = null)
    {
        var image = new byte[length * 3];
        var action = new float[length];
        var reward = new float[length];
        for (var row = 0; row < length; row++)
        {
            image[3 * row] = number;
            image[(3 * row) + 1] = (byte)row;
            image[(3 * row) + 2] = (byte)(row >> 8);
            action[row] = row == 0 ? 0 : (1000 * number) + row;
            reward[row] = row == 0 ? 0 : (1000 * number) + row + 0.5f;
        }

        return new Episode(name, new ImageShape(1, 1), 1, image, action, reward, end: end);
    }

    public static void Equal(Episode expected, Episode actual)
    {
        Assert.Equal(expected.Name, actual.Name);
        Assert.Equal(expected.ImageShape, actual.ImageShape);
        Assert.Equal(expected.ActionSize, actual.ActionSize);
        Assert.True(expected.Image.AsSpan().SequenceEqual(actual.Image), "the images differ");
        Assert.Equal(expected.Action, actual.Action);
        Assert.Equal(expected.Reward, actual.Reward);
        Assert.Equal(expected.Return, actual.Return);
        Assert.Equal(expected.States.Keys.Order(StringComparer.Ordinal), actual.States.Keys.Order(StringComparer.Ordinal));
        Assert.All(expected.States, state => Assert.Equal(state.Value, actual.States[state.Key]));
        Assert.Equal(expected.Seed, actual.Seed);
        Assert.Equal(expected.WeightsVersion, actual.WeightsVersion);
        Assert.Equal(expected.End, actual.End);
    }
}
