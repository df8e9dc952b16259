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
        var differs = Assert.Throws<InvalidDataException>(
            () => again.Restore([stored.Reference with { Sha256 = new string('0', 64) }], [], _ => 0));
        Assert.Contains("differs from the one that the checkpoint lists", differs.Message);
        var gone = Assert.Throws<InvalidDataException>(() => again.Restore([stored.Reference with { Name = "gone" }], [], _ => 0));
        Assert.Contains("1 of the 1 episodes", gone.Message);
    }

    /// <summary>The kinds of damage.</summary>
    public static TheoryData<string> Damage => [.. DamagedEpisode.Kinds.Select(kind => kind.Kind)];

    [Theory]
    [MemberData(nameof(Damage))]
    public void A_file_that_is_damaged_in_any_way_is_not_used_and_is_named_once(string kind)
    {
        var good = Recordings.Random(EpisodeName.Create(TimeProvider.System, 7), steps: 12, side: 64, actionSize: 1, seed: 7);
        var damaged = $"20200101T000000-{EpisodeName.EndingOf(7)}.npz";
        Gated().TakeWarnings();
        File.WriteAllBytes(_folder["a/train/" + damaged], DamagedEpisode.Bytes(good, kind));
        var buffer = Gated();
        var warnings = buffer.TakeWarnings();
        Assert.Equal([7ul], buffer.Missing(heldOut: false, [7]));
        var warning = Assert.Single([.. warnings, .. buffer.TakeWarnings()]);
        Assert.StartsWith($"The file {_folder["a/train/" + damaged]} is not used: ", warning, StringComparison.Ordinal);
        Assert.Contains(DamagedEpisode.Kinds.Single(known => known.Kind == kind).Reason, warning, StringComparison.Ordinal);

        // The episode is recorded again under another name, and nothing is said again: not by this buffer, not by the next.
        var stored = Assert.Single(buffer.Store(heldOut: false, [7], [good], updates: 0));
        Assert.Equal(good.Name, stored.Reference.Name);
        var again = Gated();
        again.Restore([stored.Reference], [], _ => 0, []);
        Assert.Empty(again.Missing(heldOut: false, [7]));
        Assert.Empty(buffer.TakeWarnings().Concat(again.TakeWarnings()));
        Assert.All(
            Enumerable.Range(0, 9),
            update => Assert.All(again.Sample(update).Origins, origin => Assert.Equal(good.Name, origin.Episode)));
        Assert.True(File.Exists(_folder["a/train/" + damaged]));
        Assert.Contains(damaged, Assert.Single(File.ReadAllLines(_folder["unused"])), StringComparison.Ordinal);

        // A file that is back after it was gone is named again.
        var bytes = File.ReadAllBytes(_folder["a/train/" + damaged]);
        File.Delete(_folder["a/train/" + damaged]);
        Assert.Empty(Gated().TakeWarnings());
        Assert.Empty(File.ReadAllLines(_folder["unused"]));
        File.WriteAllBytes(_folder["a/train/" + damaged], bytes);
        var last = Gated();
        last.Missing(heldOut: false, [7]);
        Assert.Single(last.TakeWarnings());
    }

    [Fact]
    public void A_good_file_is_used_if_the_run_awaits_its_seed_and_named_otherwise()
    {
        Episode[] episodes =
        [
            .. new ulong[] { 7, 8, 9 }.Select(seed => Recordings.Random(EpisodeName.Create(TimeProvider.System, seed), 12, 64, 1, seed))
        ];
        var stored = Gated().Store(heldOut: false, [7, 8, 9], episodes, updates: 0);
        var buffer = Gated();
        buffer.Restore([stored[0].Reference], [], _ => 0, awaited: [9]);
        Assert.Equal([8ul], buffer.Missing(heldOut: false, [8, 9]));
        Assert.Contains(
            $"{stored[1].Reference.Name}.npz is not used: it is no episode that this run",
            Assert.Single(buffer.TakeWarnings()),
            StringComparison.Ordinal);
        Assert.Equal(stored[2].Reference, Assert.Single(buffer.Store(heldOut: false, [9], [], updates: 0)).Reference);
    }

    [Fact]
    public void A_recorded_episode_that_breaks_the_rule_is_refused_and_not_written()
    {
        var wrong = Recordings.Random(EpisodeName.Create(TimeProvider.System, 7), steps: 12, side: 32, actionSize: 1, seed: 7);
        var refused = Assert.Throws<InvalidDataException>(() => Gated().Store(heldOut: true, [7], [wrong], updates: 0));
        Assert.Contains($"{wrong.Name} cannot be used: its images are 32x32", refused.Message);
        Assert.Empty(Directory.GetFiles(_folder["a/test"]));
    }

    [Fact]
    public void An_unusable_file_that_the_checkpoint_lists_is_refused_by_name_with_the_reason()
    {
        var stored = Assert.Single(
            Gated().Store(heldOut: false, [7], [Recordings.Random(EpisodeName.Create(TimeProvider.System, 7), 12, 64, 1, 7)], updates: 0));
        File.WriteAllBytes(
            _folder[$"a/train/{stored.Reference.Name}.npz"], DamagedEpisode.Bytes(Recordings.Random("x", 12, 64, 1, 7), "NaN reward"));
        var refused = Assert.Throws<InvalidDataException>(() => Gated().Restore([stored.Reference], [], _ => 0, []));
        Assert.Contains($"{stored.Reference.Name}.npz (reward holds NaN at position 2", refused.Message);
    }

    [Fact]
    public void Short_episodes_are_counted_over_both_folders_and_also_after_they_are_restored()
    {
        var buffer = New("a");
        Assert.Equal(0, Store(buffer, 0).TooShort);
        StoredEpisode Short(bool heldOut, ulong seed) => Assert.Single(
            buffer.Store(
                heldOut, [seed], [Recordings.Random(EpisodeName.Create(TimeProvider.System, seed), steps: 2, seed: seed)], updates: 0));
        var (train, test) = (Short(heldOut: false, 1), Short(heldOut: true, 2));
        Assert.Equal((1, 2), (train.TooShort, test.TooShort));
        Assert.Null(buffer.SampleTest(0));
        var again = New("a");
        again.Restore([train.Reference], [test.Reference], _ => 0);
        Assert.Equal(2, again.TooShort);
        Assert.Contains("lower replay.chunk_length to 3", Assert.Throws<InvalidDataException>(() => again.Sample(0)).Message);
    }

    private static StoredEpisode Store(ReplayBuffer buffer, ulong seed) => Assert.Single(buffer.Store(
        heldOut: false, [seed], [Recordings.Random(EpisodeName.Create(TimeProvider.System, seed), steps: 12, seed: seed)], updates: 0));

    // The origins of the chunks, and their data.
    private static string Content(ChunkBatch batch) =>
        $"{string.Join(' ', batch.Origins.Select(origin => $"{origin.Episode[^32..]}+{origin.Start}"))} {Convert.ToHexString(batch.Images)} {string.Join(' ', batch.Actions)} {string.Join(' ', batch.Rewards)}";

    private ReplayBuffer New(string name) => new(new ReplayBufferOptions(
        _folder[name + "/train"], _folder[name + "/test"], 1 << 20, BatchSize: 6, ChunkLength: 4, Seed: 3, ChunkSelection.Uniform));

    // With the rule of a run, and a file of what was reported.
    private ReplayBuffer Gated() => new(new ReplayBufferOptions(
        _folder["a/train"], _folder["a/test"], 1 << 20, BatchSize: 6, ChunkLength: 4, Seed: 3, ChunkSelection.Uniform)
    {
        Rule = new EpisodeRule(new ImageShape(64, 64), ActionSize: 1),
        UnusedFile = _folder["unused"],
    });
}
