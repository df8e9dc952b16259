using PlaNet.Common;
using PlaNet.Replay;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Replay;

public sealed class EpisodeTests
{
    private static readonly ImageShape Pixel = new(1, 1);

    [Fact]
    public void A_recorded_episode_has_one_row_more_than_decisions_and_begins_with_zeros()
    {
        var episode = Recordings.Random("a", steps: 12);
        Assert.Equal(13, episode.Length);
        Assert.Equal(12, episode.Steps);
        Assert.Equal(13 * 4 * 4 * 3, episode.Image.Length);
        Assert.Equal([0f, 0f], episode.Action[..2]);
        Assert.Equal(0f, episode.Reward[0]);
        Assert.Equal(episode.Reward.Sum(reward => (double)reward), episode.Return);
        Assert.Equal(13 * 2, episode.States["position"].Length);
    }

    [Fact]
    public void The_stored_action_is_the_action_sent_even_if_the_buffers_are_reused()
    {
        var builder = new EpisodeBuilder(Pixel, 2);
        var image = new byte[3];
        var action = new float[2];
        var sent = new List<float> { 0, 0 };
        builder.Reset(image);
        for (var step = 1; step <= 5; step++)
        {
            (action[0], action[1]) = (0.1f * step, -0.1f * step);
            sent.AddRange(action);
            Array.Fill(image, (byte)step);
            builder.Add(action, step, image);
        }

        Array.Fill(action, 9f);
        var episode = builder.Build("a");
        Assert.Equal(sent, episode.Action);
        Assert.Equal([0f, 1, 2, 3, 4, 5], episode.Reward);
        Assert.Equal(Enumerable.Range(0, 6).SelectMany(step => Enumerable.Repeat((byte)step, 3)), episode.Image);
        Assert.Equal(15, episode.Return);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Numbers_that_are_not_finite_are_refused_by_the_name_of_their_field(float bad)
    {
        var builder = new EpisodeBuilder(Pixel, 1, ["velocity"]);
        var good = new Dictionary<string, float[]> { ["velocity"] = [1] };
        builder.Reset(new byte[3], good);
        Assert.Contains("reward", Assert.Throws<ArgumentException>(() => builder.Add([0], bad, new byte[3], good)).Message);
        Assert.Contains("action", Assert.Throws<ArgumentException>(() => builder.Add([bad], 0, new byte[3], good)).Message);
        var states = new Dictionary<string, float[]> { ["velocity"] = [bad] };
        Assert.Contains("velocity", Assert.Throws<ArgumentException>(() => builder.Add([0], 0, new byte[3], states)).Message);
        Assert.Equal(0, builder.Steps);
    }

    [Fact]
    public void Wrong_lengths_and_missing_states_are_refused_and_leave_the_recording_whole()
    {
        var builder = new EpisodeBuilder(Pixel, 1, ["velocity"]);
        var good = new Dictionary<string, float[]> { ["velocity"] = [1, 2] };
        builder.Reset(new byte[3], good);
        Assert.Contains("image", Assert.Throws<ArgumentException>(() => builder.Add([0], 0, new byte[4], good)).Message);
        Assert.Contains("action", Assert.Throws<ArgumentException>(() => builder.Add([0, 0], 0, new byte[3], good)).Message);
        Assert.Contains("velocity", Assert.Throws<ArgumentException>(() => builder.Add([0], 0, new byte[3])).Message);
        var shorter = new Dictionary<string, float[]> { ["velocity"] = [1] };
        Assert.Contains("velocity", Assert.Throws<ArgumentException>(() => builder.Add([0], 0, new byte[3], shorter)).Message);
        builder.Add([0.5f], 1, new byte[3], good);
        Assert.Equal(1, builder.Build("a").Steps);
    }

    [Fact]
    public void Recording_before_a_reset_is_refused()
    {
        var builder = new EpisodeBuilder(Pixel, 1);
        Assert.Throws<InvalidOperationException>(() => builder.Add([0], 0, new byte[3]));
        Assert.Throws<InvalidOperationException>(() => builder.Build("a"));
        builder.Reset(new byte[3]);
        builder.Build("a");
        Assert.Throws<InvalidOperationException>(() => builder.Build("a"));
    }

    [Fact]
    public void An_episode_whose_first_row_is_not_the_reset_is_refused()
    {
        Assert.Contains("row 0", Assert.Throws<ArgumentException>(() => new Episode("a", Pixel, 1, new byte[6], [0, 1], [1, 1])).Message);
        Assert.Contains("row 0", Assert.Throws<ArgumentException>(() => new Episode("a", Pixel, 1, new byte[6], [1, 1], [0, 1])).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../a")]
    [InlineData("a b")]
    [InlineData(".a")]
    public void Names_that_could_leave_the_folder_are_refused(string name)
    {
        Assert.Throws<ArgumentException>(() => EpisodeName.Check(name));
    }

    [Fact]
    public void New_names_carry_time_and_random_digits()
    {
        var name = EpisodeName.Create(
            new SettableTime { Now = new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero) }, new RandomStream(1));
        Assert.Matches("^20260304T050607-[0-9a-f]{32}$", name);
        EpisodeName.Check(name);
    }
}
