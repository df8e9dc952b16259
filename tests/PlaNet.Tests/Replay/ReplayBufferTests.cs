using PlaNet.Replay;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Replay;

public sealed class ReplayBufferTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_prepared_batch_equals_the_batch_drawn_on_request()
    {
        var (prepared, asked) = (New("a"), New("b"));
        Store(prepared, 0);
        Store(asked, 0);
        for (var update = 0; update < 5; update++)
        {
            Assert.Equal(Content(asked.Sample(update)), Content(prepared.Sample(update)));
            prepared.Prepare(update + 1);
        }
    }

    [Fact]
    public void A_batch_prepared_before_episodes_were_added_is_drawn_again()
    {
        var (prepared, asked) = (New("a"), New("b"));
        Store(prepared, 0);
        Store(asked, 0);
        prepared.Sample(0);
        prepared.Prepare(1);
        for (ulong seed = 1; seed < 10; seed++)
        {
            Store(prepared, seed);
            Store(asked, seed);
        }

        var batch = prepared.Sample(1);
        Assert.Equal(Content(asked.Sample(1)), Content(batch));
        Assert.True(batch.Origins.Select(origin => origin.Episode).Distinct(StringComparer.Ordinal).Count() > 1);
    }

    [Fact]
    public void The_last_sampled_batch_is_not_changed_by_preparing_the_next_nor_by_new_episodes()
    {
        var buffer = New("a");
        Store(buffer, 0);
        for (var update = 0; update < 5; update++)
        {
            var batch = buffer.Sample(update);
            var before = Content(batch);
            buffer.Prepare(update + 1);
            Store(buffer, (ulong)update + 1);
            Assert.Equal(before, Content(batch));
        }
    }

    [Fact]
    public void An_episode_is_found_by_its_seed_and_restored_by_its_hash()
    {
        var stored = Store(New("a"), 7);
        var again = New("a");
        Assert.Equal([8ul], again.Missing(heldOut: false, [7, 8]));
        again.Restore([stored.Reference], [], _ => 0);
        Assert.Equal(stored.Reference.Name, again.Sample(0).Origins[0].Episode);
        var differs = Assert.Throws<InvalidDataException>(() => again.Restore([stored.Reference with { Sha256 = new string('0', 64) }], [], _ => 0));
        Assert.Contains("differs from the one that the checkpoint lists", differs.Message);
        var gone = Assert.Throws<InvalidDataException>(() => again.Restore([stored.Reference with { Name = "gone" }], [], _ => 0));
        Assert.Contains("1 of the 1 episodes", gone.Message);
    }

    private static StoredEpisode Store(ReplayBuffer buffer, ulong seed) => Assert.Single(buffer.Store(
        heldOut: false, [seed], [Recordings.Random(EpisodeName.Create(TimeProvider.System, seed), steps: 12, seed: seed)], updates: 0));

    // The origins of the chunks, and their data.
    private static string Content(ChunkBatch batch) =>
        $"{string.Join(' ', batch.Origins.Select(origin => $"{origin.Episode[^32..]}+{origin.Start}"))} {Convert.ToHexString(batch.Images)} {string.Join(' ', batch.Actions)} {string.Join(' ', batch.Rewards)}";

    private ReplayBuffer New(string name) => new(new ReplayBufferOptions(
        _folder[name + "/train"], _folder[name + "/test"], 1 << 20, BatchSize: 6, ChunkLength: 4, Seed: 3, ChunkSelection.Uniform));
}
