using PlaNet.Tests.Cli;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Environments;

/// <summary><c>planet verify</c>, <c>planet view</c> and <c>planet oracle</c>, from their arguments to their exit codes.</summary>
public sealed class TaskVerbTests
{
    private static readonly byte[] PngSignature = [0x89, (byte)'P', (byte)'N', (byte)'G'];

    [Fact]
    public async Task Verify_ends_with_0_when_values_agree_and_with_1_when_one_is_beyond_its_tolerance()
    {
        using var copy = new ReferenceCopy().AddTransitions("cartpole");
        var (code, output, _) = await PlanetCommandLine.Run("verify", "physics", "--data", copy.Path);
        Assert.Equal(0, code);
        Assert.Contains("ok     physics/transitions/cartpole.csv (160): qpos ", output, StringComparison.Ordinal);
        copy.ChangeValue("physics/transitions/cartpole.csv", 5, "next_qpos_0", _ => "7");
        (code, output, _) = await PlanetCommandLine.Run("verify", "physics", "--data", copy.Path);
        Assert.Equal(1, code);
        Assert.Contains("BEYOND physics/transitions/cartpole.csv (160): qpos ", output, StringComparison.Ordinal);
        Assert.Contains("beyond tolerance first at row 5", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_ends_with_2_when_the_folder_or_the_part_cannot_be_used()
    {
        using var empty = new TemporaryFolder();
        await RefusedAsync("models/*.json", "verify", "--data", empty.Path);
        await RefusedAsync("/nowhere", "verify", "frames", "--data", "/nowhere");
        await RefusedAsync("models, physics, rewards, resets, frames", "verify", "colours", "--data", empty.Path);
    }

    [Theory]
    [InlineData("start.png", "0", "zero")]
    [InlineData("strip.png", "3", "random")]
    [InlineData("short.gif", "3", "random")]
    public async Task View_writes_a_picture_of_a_task(string name, string steps, string policy)
    {
        using var folder = new TemporaryFolder();
        var (code, output, error) = await PlanetCommandLine.Run(
            "view", "--task", "cup_catch", "--policy", policy,
            "--size", "48", "--steps", steps, "--quality", "fast",
            "--out", folder[name]);
        Assert.True(code == 0, error);
        Assert.Contains($"cup_catch: {steps} decisions", output, StringComparison.Ordinal);
        var written = await File.ReadAllBytesAsync(folder[name], TestContext.Current.CancellationToken);
        Assert.Equal(name.EndsWith("gif", StringComparison.Ordinal) ? "GIF8"u8.ToArray() : PngSignature, written[..4]);
        Assert.Equal([name], folder.Names());
    }

    [Fact]
    public async Task View_of_the_same_seed_writes_the_same_file_and_of_another_seed_another()
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, seed) in new[] { ("a.png", "1"), ("b.png", "1"), ("c.png", "2") })
        {
            Assert.Equal(
                0,
                (await PlanetCommandLine.Run(
                    "view", "--task", "walker_walk", "--size", "32", "--steps", "2", "--seed", seed, "--out", folder[name])).Code);
        }

        byte[][] files = [.. folder.Names().Select(name => File.ReadAllBytes(folder[name]))];
        Assert.Equal(files[0], files[1]);
        Assert.NotEqual(files[0], files[2]);
    }

    [Fact]
    public async Task View_refuses_invalid_options()
    {
        using var folder = new TemporaryFolder();
        await RefusedAsync("cartpole_swingup", "view", "--task", "cartpole", "--out", folder["a.gif"]);
        await RefusedAsync("--task NAME", "view", "--out", folder["a.gif"]);
        await RefusedAsync("run:DIR", "view", "--task", "cup_catch", "--policy", "clever", "--out", folder["a.gif"]);
        await RefusedAsync("no/such/run", "view", "--policy", "run:no/such/run", "--out", folder["a.gif"]);
        await RefusedAsync(".gif, .mp4 or .png", "view", "--task", "cup_catch", "--out", folder["a.jpg"]);
        await RefusedAsync("there is no folder", "view", "--task", "cup_catch", "--out", folder["none/a.gif"]);
        await RefusedAsync("--size 0", "view", "--task", "cup_catch", "--size", "0", "--out", folder["a.gif"]);
        await RefusedAsync("--steps -1", "view", "--task", "cup_catch", "--steps", "-1", "--out", folder["a.gif"]);
        Assert.Empty(folder.Names());
    }

    [Fact]
    public async Task Oracle_prints_the_return_of_each_episode_and_their_mean()
    {
        string[] small = ["--horizon", "2", "--iterations", "1", "--candidates", "3", "--elites", "1"];
        var (code, output, error) = await PlanetCommandLine.Run(
            ["oracle", "--task", "cartpole_balance", "--episodes", "2", "--seed", "3", .. small]);
        Assert.True(code == 0, error);
        var lines = output.Split('\n');
        Assert.StartsWith("episode 1: ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("episode 2: ", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("cartpole_balance, 2 episodes: mean ", lines[2], StringComparison.Ordinal);
        Assert.Contains("deviation ", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Oracle_refuses_invalid_options()
    {
        await RefusedAsync("--episodes 0", "oracle", "--task", "cartpole_balance", "--episodes", "0");
        await RefusedAsync("planner.elites is 9", "oracle", "--task", "cartpole_balance", "--candidates", "8", "--elites", "9");
        await RefusedAsync("cartpole_swingup", "oracle", "--task", "cartpole");
    }

    private static async Task RefusedAsync(string named, params string[] words)
    {
        var (code, _, error) = await PlanetCommandLine.Run(words);
        Assert.Equal(2, code);
        Assert.Contains(named, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd('\n').Split('\n'));
    }
}
