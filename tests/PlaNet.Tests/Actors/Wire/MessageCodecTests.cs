using System.Text;
using PlaNet.Actors.Wire;

namespace PlaNet.Tests.Actors.Wire;

public sealed class MessageCodecTests
{
    private static readonly EpisodeRequest Request = new("quickstart/1-abc", 12, ulong.MaxValue, 300, 0.3);

    [Fact]
    public void Messages_come_back_as_they_were()
    {
        var codec = new MessageCodec();
        Assert.Equal(Request, codec.Decode(codec.Encode(Request)));
        var random = Request with { WeightsVersion = null };
        Assert.Equal(random, codec.Decode(codec.Encode(random)));
        var weights = new WeightsAnnouncement("quickstart/1-abc", 300, "checkpoints/000000412/model.safetensors", new string('a', 64));
        Assert.Equal(weights, codec.Decode(codec.Encode(weights)));
    }

    [Fact]
    public void An_episode_comes_back_with_every_number()
    {
        var codec = new MessageCodec();
        var episode = Episode(rows: 3);
        var read = Assert.IsType<WholeEpisode>(codec.Decode(codec.Encode(episode)));
        Assert.Equal(episode.Image, read.Image);
        Assert.Equal(episode.Action, read.Action);
        Assert.Equal(episode.Reward, read.Reward);
        Assert.Equal(episode.States["position"], Assert.Single(read.States).Value);
        Assert.True(Same(episode, read));
    }

    [Fact]
    public void An_episode_whose_lengths_do_not_fit_is_refused_by_field()
    {
        var codec = new MessageCodec();
        Assert.Contains("image has 11 elements, but 3 rows need 36", Refused(() => codec.Encode(Episode(3) with { Image = new byte[11] })), StringComparison.Ordinal);
        Assert.Contains("action", Refused(() => codec.Encode(Episode(3) with { Action = new float[7] })), StringComparison.Ordinal);
        Assert.Contains(
            "position", Refused(() => codec.Encode(Episode(3) with { States = new Dictionary<string, float[]> { ["position"] = new float[4] } })), StringComparison.Ordinal);
        Assert.Contains("no rows", Refused(() => codec.Encode(Episode(3) with { Reward = [] })), StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_cut_short_at_any_place_or_followed_by_more_are_refused()
    {
        var codec = new MessageCodec();
        var bytes = codec.Encode(Request);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Contains("bytes", Refused(() => codec.Decode(bytes.AsMemory(0, length))), StringComparison.Ordinal);
        }

        Assert.Contains("should have", Refused(() => codec.Decode((byte[])[.. bytes, 0])), StringComparison.Ordinal);
    }

    [Fact]
    public void A_flipped_bit_anywhere_is_refused()
    {
        var codec = new MessageCodec();
        var bytes = codec.Encode(Request);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Refused(() => codec.Decode(bytes));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Foreign_newer_and_unknown_bytes_are_refused_with_the_reason()
    {
        var codec = new MessageCodec();
        Assert.Contains("no message of this program", Refused(() => codec.Decode(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\n\r\n"))), StringComparison.Ordinal);
        var bytes = codec.Encode(Request);
        bytes[4] = 2;
        Assert.Contains("has format 2, but this program reads format 1", Refused(() => codec.Decode(bytes)), StringComparison.Ordinal);
        Assert.Contains("String is no message", Refused(() => codec.Encode("text")), StringComparison.Ordinal);

        var (newer, older) = (new MessageCodec(), new MessageCodec());
        newer.Register("note", 2, Encoding.UTF8.GetBytes, span => Encoding.UTF8.GetString(span.Span));
        older.Register("note", 1, Encoding.UTF8.GetBytes, span => Encoding.UTF8.GetString(span.Span));
        Assert.Equal("text", newer.Decode(older.Encode("text")));
        Assert.Contains("note has version 2, but this program reads up to 1", Refused(() => older.Decode(newer.Encode("text"))), StringComparison.Ordinal);
        Assert.Contains("'note' is no known type", Refused(() => codec.Decode(newer.Encode("text"))), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => newer.Register("note", 1, (Uri uri) => [], _ => new Uri("x:")));
        Assert.Throws<ArgumentException>(() => newer.Register("another", 1, (string text) => [], _ => ""));
    }

    [Fact]
    public void Messages_beyond_the_limit_are_refused_on_both_sides_before_memory_is_taken()
    {
        var (small, large) = (new MessageCodec(64), new MessageCodec());
        var bytes = large.Encode(Episode(3));
        Assert.Contains("at most 64 are allowed", Refused(() => small.Encode(Episode(3))), StringComparison.Ordinal);
        Assert.Contains("at most 64 are allowed", Refused(() => small.TotalBytes(bytes)), StringComparison.Ordinal);
        Assert.Equal(bytes.Length, large.TotalBytes(bytes.AsSpan(0, MessageCodec.HeaderBytes)));
    }

    private static bool Same(WholeEpisode one, WholeEpisode other) =>
        (one.Run, one.Number, one.Name, one.Height, one.Width, one.ActionSize, one.Seed, one.WeightsVersion)
        == (other.Run, other.Number, other.Name, other.Height, other.Width, other.ActionSize, other.Seed, other.WeightsVersion);

    private static WholeEpisode Episode(int rows) => new(
        "quickstart/1-abc",
        12,
        "20260101T000000-00",
        2,
        2,
        2,
        [.. Enumerable.Range(0, rows * 12).Select(i => (byte)i)],
        [.. Enumerable.Range(0, rows * 2).Select(i => i / 7f)],
        [.. Enumerable.Range(0, rows).Select(i => -i / 3f)],
        new Dictionary<string, float[]> { ["position"] = [.. Enumerable.Range(0, rows * 3).Select(i => i * 1e30f)] },
        5,
        null);

    private static string Refused(Action act) => Assert.Throws<WireFormatException>(act).Message;
}
