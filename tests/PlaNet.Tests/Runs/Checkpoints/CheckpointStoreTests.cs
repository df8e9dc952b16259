using PlaNet.Replay;
using PlaNet.Runs;
using PlaNet.Runs.Checkpoints;
using PlaNet.Runs.Schedule;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Runs.Checkpoints;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Learner _learner = new(SmallRun.Experiment, 1, torch.CPU, seed: 1);

    [Fact]
    public void A_loaded_checkpoint_equals_the_saved_one()
    {
        var state = At(4) with
        {
            TrainEpisodes = [new EpisodeReference("a", "0f"), new EpisodeReference("b", "1f")],
            Seconds = 12.5,
            LastReturn = 1.0 / 3,
        };
        var saved = Store().Save(_learner, state);
        var (found, read) = Store().FindNewest(NoneIsDamaged)!.Value;
        Assert.Equal(saved, found);
        Assert.Equal(state.ToJson(), read.ToJson());

        using var other = new Learner(SmallRun.Experiment, 1, torch.CPU, seed: 2);
        Assert.NotEqual(Parameters(_learner), Parameters(other));
        CheckpointStore.Load(found, other);
        Assert.Equal(Parameters(_learner), Parameters(other));
    }

    [Fact]
    public void Only_the_newest_few_are_kept()
    {
        Assert.Null(Store().FindNewest(NoneIsDamaged));
        for (var step = 1; step <= 5; step++)
        {
            Store(kept: 3).Save(_learner, At(step));
        }

        Assert.Equal(["000000003", "000000004", "000000005"], _folder.Names());
    }

    [Fact]
    public void A_damaged_checkpoint_does_not_count_among_those_kept()
    {
        foreach (var step in new[] { 1, 8, 9 })
        {
            Store(kept: 3).Save(_learner, At(step));
        }

        File.Delete(Path.Combine(_folder["000000009"], "manifest.json"));
        File.Delete(Path.Combine(_folder["000000008"], "manifest.json"));
        Assert.Equal(1, Store().FindNewest((_, _) => { })!.Value.State.Progress.Step);

        // The run resumes from step 1.
        Store().Save(_learner, At(2));
        Assert.Equal(["000000001", "000000002"], _folder.Names());
        Assert.Equal(2, Store().FindNewest(NoneIsDamaged)!.Value.State.Progress.Step);
    }

    [Theory]
    [InlineData("manifest.json", "it has no manifest.json")]
    [InlineData("model.safetensors", "model.safetensors is missing")]
    [InlineData("optimizer.safetensors", "optimizer.safetensors is missing")]
    public void A_checkpoint_with_a_missing_file_is_named_and_the_older_one_is_found(string file, string reason)
    {
        Store().Save(_learner, At(1));
        var newest = Store().Save(_learner, At(2));
        File.Delete(Path.Combine(newest, file));
        var damaged = new List<(string, string)>();
        var found = Store().FindNewest((folder, why) => damaged.Add((folder, why)));
        Assert.Equal(_folder["000000001"], found!.Value.Folder);
        Assert.Equal([(newest, reason)], damaged);
    }

    [Theory]
    [InlineData("manifest.json")]
    [InlineData("model.safetensors")]
    [InlineData("optimizer.safetensors")]
    [InlineData("state.json")]
    public void A_checkpoint_with_a_truncated_file_is_named_and_the_older_one_is_found(string file)
    {
        Store().Save(_learner, At(1));
        var newest = Store().Save(_learner, At(2));
        var content = File.ReadAllBytes(Path.Combine(newest, file));
        File.WriteAllBytes(Path.Combine(newest, file), content[..(content.Length / 2)]);
        var damaged = new List<string>();
        Assert.Equal(_folder["000000001"], Store().FindNewest((folder, _) => damaged.Add(folder))!.Value.Folder);
        Assert.Equal([newest], damaged);
    }

    [Fact]
    public void A_run_that_begins_again_because_all_its_checkpoints_are_damaged_removes_them()
    {
        Store().Save(_learner, At(12));
        Store().Save(_learner, At(13));
        Store().Save(_learner, At(1));
        Assert.Equal(["000000001"], _folder.Names());
    }

    [Fact]
    public void A_checkpoint_of_a_newer_format_is_refused_and_no_older_one_is_used()
    {
        Store().Save(_learner, At(1));
        Store().Save(_learner, At(2) with { Format = 17 });
        var refusal = Assert.Throws<RunException>(() => Store().FindNewest(NoneIsDamaged));
        Assert.Contains("format 17", refusal.Message);
        Assert.Contains($"reads up to {RunState.CurrentFormat}", refusal.Message);
    }

    [Fact]
    public void A_write_that_fails_is_an_error_and_leaves_the_earlier_ones()
    {
        Store().Save(_learner, At(1));
        Store().Save(_learner, At(2));

        // A file in place of the folder makes the write fail, also for root.
        File.WriteAllText(_folder["000000003"], "in the way");
        Assert.ThrowsAny<IOException>(() => Store().Save(_learner, At(3)));
        Assert.Equal(["000000001", "000000002", "000000003"], _folder.Names());
        Assert.Equal(2, Store().FindNewest(NoneIsDamaged)!.Value.State.Progress.Step);
    }

    [Fact]
    public void A_half_written_checkpoint_is_not_found_and_can_be_removed()
    {
        Store().Save(_learner, At(1));
        Directory.CreateDirectory(_folder[".000000002.tmp"]);
        File.WriteAllText(Path.Combine(_folder[".000000002.tmp"], "model.safetensors"), "half");
        Assert.Equal(1, Store().FindNewest(NoneIsDamaged)!.Value.State.Progress.Step);
        Store().DeleteStrays();
        Assert.Equal(["000000001"], _folder.Names());
    }

    public void Dispose()
    {
        _learner.Dispose();
        _folder.Dispose();
    }

    private static void NoneIsDamaged(string folder, string reason) => Assert.Fail($"{folder}: {reason}");

    private static RunState At(int step) => RunState.Start(3, "hash") with { Progress = new RunProgress(Updates: step) };

    private static float[] Parameters(Learner learner) =>
        [.. learner.Model.parameters().SelectMany(parameter => parameter.data<float>().ToArray())];

    private CheckpointStore Store(int kept = 2) => new(_folder.Path, kept);
}
