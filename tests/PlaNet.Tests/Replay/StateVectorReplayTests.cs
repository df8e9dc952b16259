using PlaNet.Common;
using PlaNet.Replay;

namespace PlaNet.Tests.Replay;

/// <summary>Episodes whose observations are state vectors, with and without images.</summary>
public sealed class StateVectorReplayTests
{
    private static readonly StateShape[] s_states = [new("a", 2), new("b", 1)];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_of_an_episode_holds_images_only_if_the_episode_does(bool images)
    {
        var episode = Record(12, images);
        var content = EpisodeFile.ToBytes(episode);
        var read = EpisodeFile.FromBytes(episode.Name, content);
        Assert.Equal(episode.ImageShape, read.ImageShape);
        Assert.Equal(episode.Image, read.Image);
        Assert.Equal(episode.States["a"], read.States["a"]);
        Assert.Equal(content, EpisodeFile.ToBytes(read));
    }

    [Theory]
    [InlineData(false, true, "it has no images, but must have images of 2x3 pixels.")]
    [InlineData(true, false, "it has images of 2x3 pixels, but must have no images.")]
    public void An_episode_with_other_observations_is_refused(bool recorded, bool required, string flaw)
    {
        var rule = new EpisodeRule(required ? new ImageShape(2, 3) : ImageShape.None, 1) { States = s_states };
        Assert.Equal(flaw, rule.FlawOf(Record(12, recorded)));
        Assert.Null(rule.FlawOf(Record(12, required)));
    }

    [Fact]
    public void Vectors_that_are_missing_or_of_another_size_are_refused_on_disk_too()
    {
        using var folder = new PlaNet.Tests.Common.TemporaryFolder();
        var episode = Record(12, images: false);
        File.WriteAllBytes(folder[episode.Name + EpisodeFile.Extension], EpisodeFile.ToBytes(episode));
        string? Flaw(params StateShape[] states)
        {
            var rule = new EpisodeRule(ImageShape.None, 1) { States = states };
            var store = EpisodeStore.Open(folder.Path, 0, readOnly: true, rule);
            var skipped = store.Skipped.Select(file => file.Reason).SingleOrDefault();
            Assert.Equal(rule.FlawOf(episode), skipped);
            return skipped;
        }

        Assert.Null(Flaw(s_states));
        Assert.Equal("its state vector a has 2 numbers, but must have 3.", Flaw(new StateShape("a", 3)));
        Assert.Equal("it has no state vector c, but must have one of 4 numbers.", Flaw(new StateShape("a", 2), new StateShape("c", 4)));
    }

    [Fact]
    public void A_batch_holds_the_vectors_of_a_row_side_by_side_and_zeros_in_padding()
    {
        var source = new Source(Record(30, images: false), Record(4, images: false, EpisodeEnd.Terminated));
        var sampler = new ChunkSampler(
            source, 5, 10, new RandomStream(3), source.Names, earlyEnds: true, states: s_states);
        ChunkBatch? batch = null;
        var padded = 0;
        for (var number = 0; number < 30; number++)
        {
            batch = sampler.Sample(batch, number);
            Assert.Empty(batch.Images);
            for (var i = 0; i < 5; i++)
            {
                var origin = batch.Origins[i];
                var episode = source.Load(origin.Episode);
                for (var row = 0; row < 10; row++)
                {
                    var at = origin.Start + row;
                    float[] expected = at < episode.Length
                        ? [episode.States["a"][2 * at], episode.States["a"][(2 * at) + 1], episode.States["b"][at]]
                        : [0, 0, 0];
                    Assert.Equal(expected, batch.States![(((i * 10) + row) * 3)..((((i * 10) + row) * 3) + 3)]);
                    padded += at < episode.Length ? 0 : 1;
                }
            }
        }

        Assert.True(padded > 0);
        Assert.Null(new ChunkSampler(source, 5, 10, new RandomStream(3), source.Names).Sample().States);
    }

    private static Episode Record(int length, bool images, EpisodeEnd end = EpisodeEnd.Truncated)
    {
        var shape = images ? new ImageShape(2, 3) : ImageShape.None;
        var builder = new EpisodeBuilder(shape, 1, ["b", "a"]);
        for (var row = 0; row < length; row++)
        {
            var image = Enumerable.Range(0, shape.Bytes).Select(i => (byte)(row + i)).ToArray();
            var states = new Dictionary<string, float[]>(StringComparer.Ordinal)
            {
                ["a"] = [length + row, -row - 1],
                ["b"] = [row + 0.5f],
            };
            if (row == 0)
            {
                builder.Reset(image, states);
            }
            else
            {
                builder.Add([0.5f], row, image, states);
            }
        }

        return builder.Build(EpisodeName.Create(TimeProvider.System, (ulong)length), (ulong)length, end: end);
    }

    private sealed class Source(params Episode[] episodes) : IEpisodeSource
    {
        public IEnumerable<string> Names => episodes.Select(episode => episode.Name);

        public EpisodeEntry Describe(string name) => new(name, Load(name).Length, Load(name).Return, 0) { End = Load(name).End };

        public Episode Load(string name) => episodes.Single(episode => episode.Name == name);
    }
}
