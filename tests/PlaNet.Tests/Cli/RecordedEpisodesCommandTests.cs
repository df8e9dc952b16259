using PlaNet.Cli;
using PlaNet.Replay;
using PlaNet.Tests.Common;
using PlaNet.Tests.Replay;
using PlaNet.Tests.Runs;

namespace PlaNet.Tests.Cli;

/// <summary><c>planet import</c>, and <c>planet train</c> and <c>planet show</c> with <c>replay.episodes_from</c>.</summary>
public sealed class RecordedEpisodesCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public RecordedEpisodesCommandTests()
    {
        Directory.CreateDirectory(_folder["from"]);
        Write("a", Recordings.Random("a", 8, side: 32, actionSize: 1));
        Write("b 2", Recordings.Random("b", 7, side: 32, actionSize: 1));
    }

    private string[] Offline =>
    [
        .. SmallRun.Words, "--set=task.image_size=32", "--set=schedule.collect=none", "--set=schedule.updates_after_collection=6",
        $"--set=replay.episodes_from={_folder["to"]}",
    ];

    public void Dispose()
    {
        _folder.Dispose();
    }

    [Fact]
    public async Task Import_says_what_it_dropped_and_never_replaces_a_file()
    {
        await File.WriteAllTextAsync(_folder["from/notes.txt"], "no recording");
        var (code, output, error) = await PlanetCommandLine.Run("import", _folder["from"], _folder["to"]);
        Assert.Equal((ExitCode.Success, ""), (code, error));
        Assert.Equal(
            """
            dropped array seed of 2 file(s), such as a.npz: it would be taken for this program's own
            dropped array weights_version of 2 file(s), such as a.npz: it would be taken for this program's own
            dropped the file notes.txt: its extension is not .npz
            """.ReplaceLineEndings("\n") + $"\nimported 2 of 2 file(s), 15 steps, into {_folder["to"]}\n",
            output);
        Assert.Equal(["a.npz", "b-2.npz"], Directory.GetFiles(_folder["to"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        // Repeated, with a recording that has changed and one that is damaged.
        var first = await File.ReadAllBytesAsync(_folder["to/a.npz"]);
        Write("a", Recordings.Random("a", 8, side: 32, actionSize: 1, seed: 5));
        await File.WriteAllTextAsync(_folder["from/c.npz"], "torn");
        (code, output, error) = await PlanetCommandLine.Run("import", _folder["from"], _folder["to"]);
        Assert.Equal(ExitCode.UnusableInput, code);
        Assert.Contains($"dropped the file a.npz: {_folder["to/a.npz"]} exists with another content", output);
        Assert.Contains("dropped the file c.npz: ", output);
        Assert.Contains("imported 1 of 3 file(s), 7 steps", output);
        Assert.StartsWith($"planet: 2 of 3 file(s) of {_folder["from"]} were not imported, such as a.npz: ", error);
        Assert.Equal(first, await File.ReadAllBytesAsync(_folder["to/a.npz"]));
        Assert.Empty(SmallRun.Unfinished(_folder["to"]));
    }

    [Theory]
    [InlineData("none", "to", "there is no folder")]
    [InlineData("from", "from", "give a folder other than FROM")]
    [InlineData("from", "from/a.npz", "give a folder other than FROM")]
    [InlineData("empty", "to", "has no .npz file")]
    public async Task Import_refuses_folders_that_it_cannot_use(string from, string to, string reason)
    {
        Directory.CreateDirectory(_folder["empty"]);
        var (code, _, error) = await PlanetCommandLine.Run("import", _folder[from], _folder[to]);
        Assert.Equal(ExitCode.UnusableInput, code);
        Assert.Contains(reason, error);
        Assert.False(Directory.Exists(_folder["to"]));
    }

    [Fact]
    public async Task Show_prints_what_would_be_learnt_from()
    {
        await PlanetCommandLine.Run("import", _folder["from"], _folder["to"]);
        var (code, output, error) = await PlanetCommandLine.Run(["show", .. Offline]);
        Assert.True(code == ExitCode.Success, error);
        Assert.Contains($"learns from 2 episode(s) of 15 steps in {_folder["to"]}, sha256 ", output);
        Assert.Contains("\"seed_episodes\": 2", output);
        Assert.Contains("\n6 updates of 2 chunks", output);
        Assert.Contains("\n0 decisions of", output);
    }

    [Fact]
    public async Task A_run_without_an_environment_that_is_killed_ends_like_one_that_was_not_also_when_the_folder_is_gone()
    {
        await PlanetCommandLine.Run("import", _folder["from"], _folder["to"]);
        string[] Train(string run) => ["train", .. Offline, "--seed", "3", "--out", _folder[run]];
        var (code, output, error) = await PlanetProcess.Run(Train("whole"));
        Assert.True(code == ExitCode.Success, error);
        Assert.DoesNotContain("evaluation", output);
        foreach (var (index, point) in ((string[])["learner.update@2", "learner.update@5", "checkpoint.write@1"]).Index())
        {
            var run = $"run-{index}";
            (code, _, error) = await PlanetProcess.Run([.. Train(run), $"--fault={point}=kill"]);
            Assert.True(code == 128 + 9, error);
            Directory.Move(_folder["to"], _folder["gone"]);
            (code, _, error) = await PlanetProcess.Run(Train(run));
            Assert.True(code == ExitCode.Success, error);
            Assert.Equal(SmallRun.Fingerprint(_folder["whole"]), SmallRun.Fingerprint(_folder[run]));
            Directory.Move(_folder["gone"], _folder["to"]);
        }

        // A folder with another content is another run.
        File.Delete(_folder["to/b-2.npz"]);
        (code, _, error) = await PlanetProcess.Run(Train("whole"));
        Assert.Equal(ExitCode.UnusableInput, code);
        Assert.Contains("replay.episodes_hash", error);
    }

    private void Write(string file, Episode episode) => File.WriteAllBytes(_folder[$"from/{file}.npz"], EpisodeFile.ToBytes(episode));
}
