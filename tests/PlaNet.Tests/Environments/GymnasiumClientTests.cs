using System.Diagnostics;
using PlaNet.Cluster.Security;
using PlaNet.Common;
using PlaNet.Environments.Processes;
using PlaNet.Tests.Common;

namespace PlaNet.Tests.Environments;

/// <summary>
/// <c>clients/python/planet_gymnasium.py</c> against a stand-in for Gymnasium's interface (<c>data/gymnasium</c>), in real processes.
/// </summary>
public sealed class GymnasiumClientTests
{
    private static readonly string s_client = Path.Combine(Repository.Root, "clients", "python", "planet_gymnasium.py");

    // The first one may be a Python without numpy, which Gymnasium's arrays are made of.
    private static readonly Lazy<string?> s_python = new(() => new[] { "python3", "/usr/bin/python3" }.FirstOrDefault(HasNumpy));

    [Fact]
    public void An_episode_has_the_frames_states_rewards_and_end_of_the_environment()
    {
        using var environment = Serve("Point-v0", "--size", "16", "--repeat", "2", "--info", "distance");
        var spec = environment.Spec;
        Assert.Equal(("Point-v0", 20, 2), (spec.Task, spec.ControlSteps, spec.ActionRepeat));
        Assert.Equal([-2f], spec.Action.Low);
        Assert.Equal([2f], spec.Action.High);
        Assert.Equal(["position[1]", "room[1]", "info_distance[1]"], spec.States.Select(state => $"{state.Name}[{state.Size}]"));

        var seen = environment.Reset(7);
        var position = seen.States["position"][0];
        Assert.Equal([2f], seen.States["room"]);
        Assert.Equal(Math.Abs(position), seen.States["info_distance"][0], 1e-6);

        // 40x60 pixels are scaled to 11x16, with black above and below. Left of the point they are white.
        var image = seen.Image!;
        Assert.All(Enumerable.Range(0, 16), column => Assert.Equal(0, image[((1 * 16) + column) * 3]));
        Assert.All(Enumerable.Range(0, 16), column => Assert.Equal(0, image[((14 * 16) + column) * 3]));
        var white = Enumerable.Range(0, 16).Sum(column => image[((8 * 16) + column) * 3] / 255.0);
        Assert.Equal((position + 1) / 2 * 16, white, 0.3);

        var step = environment.Step([1]);
        Assert.Equal(position + 0.2, step.Observation.States["position"][0], 1e-5);
        Assert.Equal((1 - Math.Abs(position + 0.1)) + (1 - Math.Abs(position + 0.2)), step.Reward, 1e-5);
        Assert.False(step.Ended);
        while (!step.Ended)
        {
            step = environment.Step([2]);
        }

        // Behind the end nothing follows, whatever the time limit is.
        Assert.True(step is { Terminated: true, Truncated: false });
        Assert.Equal(position, environment.Reset(7).States["position"][0]);
        Assert.NotEqual(position, environment.Reset(8).States["position"][0]);
    }

    [Fact]
    public void Grey_images_have_one_channel()
    {
        using var colour = Serve("Point-v0", "--size", "16");
        using var grey = Serve("Point-v0", "--size", "16", "--channels", "1");
        Assert.Equal((3, 1), (colour.Spec.Image!.Channels, grey.Spec.Image!.Channels));
        var rgb = colour.Reset(7).Image!;
        Assert.All(
            rgb.Chunk(3).Zip(grey.Reset(7).Image!),
            pixel => Assert.Equal(
                (0.299 * pixel.First[0]) + (0.587 * pixel.First[1]) + (0.114 * pixel.First[2]), pixel.Second, 1.0));
        Assert.True(rgb.Distinct().Count() > 2);
    }

    [Fact]
    public void The_time_limit_truncates()
    {
        using var environment = Serve("Point-v0", "--size", "0");
        environment.Reset(1);
        var results = Enumerable.Range(0, 20).Select(_ => environment.Step([0])).ToArray();
        Assert.All(results.SkipLast(1), result => Assert.False(result.Ended));
        Assert.True(results[^1] is { Terminated: false, Truncated: true });
    }

    [Fact]
    public void Discrete_actions_are_choices_that_begin_where_those_of_the_space_begin()
    {
        using var environment = Serve("Switch-v0", "--steps", "3", "--size", "32");
        Assert.Equal((3, true), (environment.Spec.Action.Size, environment.Spec.Action.IsDiscrete));
        Assert.All(environment.Reset(ulong.MaxValue).Image!, value => Assert.Equal(0, value));
        Assert.Equal(3, environment.Step([0, 0, 1]).Reward);
        Assert.Equal(5, environment.Step([0, 1, 0]).Reward);
        var last = environment.Step([1, 0, 0]);
        Assert.Equal((6, true), (last.Reward, last.Truncated));
        Assert.All(last.Observation.Image!, value => Assert.Equal(6, value));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task At_an_address_every_connection_has_an_environment_of_its_own(bool secure)
    {
        using var folder = new TemporaryFolder();
        using var certificates = secure ? Certificates(folder) : null;
        string[] tls = secure ? ["--certificate", folder["127.0.0.1.pem"], "--authority", folder["authority.crt"]] : [];
        await using var server = await ListenAsync(["Point-v0", "--size", "8", "--listen", "127.0.0.1:0", .. tls]);
        Assert.Equal(secure ? "with TLS" : "without TLS", server.Security);
        var options = RemoteOptions.To(server.Address, certificates);
        using var first = new ProcessEnvironment(options);
        using var second = new ProcessEnvironment(options);
        using var local = Serve("Point-v0", "--size", "8");
        var (here, one, two) = (local.Reset(7), first.Reset(7), second.Reset(8));
        Assert.Equal(here.Image, one.Image);
        Assert.Equal(here.States["position"], one.States["position"]);
        Assert.NotEqual(one.States["position"], two.States["position"]);
        var (expected, step) = (local.Step([1]), first.Step([1]));
        Assert.Equal(expected.Reward, step.Reward);
        Assert.Equal(expected.Observation.Image, step.Observation.Image);

        // A simulator that ends takes its connection with it, and no other.
        second.Step([0.5f]);
        first.Dispose();
        Assert.False(second.Step([0.5f]).Ended);
        if (secure)
        {
            using var stranger = Certificates(folder, "stranger");
            Assert.Throws<EnvironmentProcessException>(() => new ProcessEnvironment(RemoteOptions.To(server.Address, stranger)));
            Assert.Throws<EnvironmentProcessException>(() => new ProcessEnvironment(RemoteOptions.To(server.Address, null)));
        }
    }

    [Theory]
    [InlineData("0.0.0.0:0", "needs TLS")]
    [InlineData("node1:4712", "planet cluster certificates --pem")]
    [InlineData("4712", "write HOST:PORT")]
    [InlineData("127.0.0.1:0", "must be given together", "--certificate", "no.pem")]
    [InlineData("127.0.0.1:0", "cannot be used", "--certificate", "no.pem", "--authority", "no.crt")]
    public async Task An_address_that_other_machines_reach_needs_TLS(string address, string named, params string[] more)
    {
        using var process = Start(["Point-v0", "--listen", address, .. more]);
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, process.ExitCode);
        Assert.Contains(named, error, StringComparison.Ordinal);
        Assert.DoesNotContain("Traceback", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_choices_at_once_become_one_number_each_and_the_largest_of_each_is_chosen()
    {
        using var environment = Serve("Switches-v0", "--steps", "3", "--size", "32");
        Assert.Equal((5, false), (environment.Spec.Action.Size, environment.Spec.Action.IsDiscrete));
        environment.Reset(0);
        Assert.Equal(3, environment.Step([0.1f, 0.2f, 0.9f, 1, 0]).Reward);
        Assert.Equal(3 + 11, environment.Step([0.5f, 0.2f, 0.1f, 0.1f, 0.7f]).Reward);
    }

    [Fact]
    public void What_a_simulator_prints_is_no_message()
    {
        using var environment = Serve("Point-v0", "--make", "loud=True", "--make", "speed=0.5", "--image", "camera", "--size", "8");
        var start = environment.Reset(3).States["position"][0];
        Assert.Equal(start + 0.25, environment.Step([0.5f]).Observation.States["position"][0], 1e-5);
    }

    [Theory]
    [InlineData("Switch-v0", "give the longest episode with --steps")]
    [InlineData("Unlimited-v0", "give one with --bound")]
    [InlineData("Resigned-v0", "a Discrete of 1: it must have 2 to 1024 choices")]
    [InlineData("Worded-v0", "must be a Box, Discrete, MultiDiscrete or MultiBinary")]
    [InlineData("Vector-v0", "a vector of several")]
    [InlineData("Point-v0 --authority a.crt", "need --listen")]
    [InlineData("Point-v0 --image front", "give one of render, camera")]
    [InlineData("Point-v0 --repeat 0", "must be at least 1")]
    [InlineData("Point-v0 --make g", "--make takes NAME=VALUE")]
    public void An_unusable_environment_says_why(string words, string reason)
    {
        var failure = Assert.Throws<EnvironmentProcessException>(() => Serve(words.Split(' ')));
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_can_be_given_to_actions_without_any()
    {
        using var environment = Serve("Unlimited-v0", "--bound", "1.5", "--size", "0");
        Assert.Equal((-1.5f, 1.5f), (environment.Spec.Action.Low[0], environment.Spec.Action.High[0]));
    }

    private static ProcessEnvironment Serve(params string[] words)
    {
        Assert.SkipWhen(s_python.Value is null, "there is no python3 with numpy: install python3-numpy.");
        return new ProcessEnvironment(new ProcessOptions(
            "/usr/bin/env",
            [
                $"PYTHONPATH={Path.Combine(Repository.Root, "tests", "PlaNet.Tests", "data")}",
                "PYTHONDONTWRITEBYTECODE=1",
                s_python.Value!,
                s_client,
                .. words,
            ]));
    }

    private static MachineCertificates Certificates(TemporaryFolder folder, string under = ".")
    {
        var files = ClusterCertificates.Create(folder[under], ["127.0.0.1"], null, TimeProvider.System, pem: true);
        return MachineCertificates.Load(files.Machines[0].File, files.Authority, "");
    }

    private static Process Start(IReadOnlyList<string> words)
    {
        Assert.SkipWhen(s_python.Value is null, "there is no python3 with numpy: install python3-numpy.");
        return Process.Start(new ProcessStartInfo(s_python.Value!, [s_client, .. words])
        {
            RedirectStandardError = true,
            UseShellExecute = false,
            Environment =
            {
                ["PYTHONPATH"] = Path.Combine(Repository.Root, "tests", "PlaNet.Tests", "data"),
                ["PYTHONDONTWRITEBYTECODE"] = "1",
            },
        })!;
    }

    private static async Task<Listening> ListenAsync(IReadOnlyList<string> words)
    {
        var process = Start(words);
        var line = await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) ?? "";
        Assert.StartsWith("planet_gymnasium: listening on ", line, StringComparison.Ordinal);
        var parts = line.Split(' ', 5);
        return new Listening(process, parts[3], parts[4]);
    }

    private sealed record Listening(Process Process, string Address, string Security) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            Process.Kill(entireProcessTree: true);
            await Process.WaitForExitAsync();
            Process.Dispose();
        }
    }

    private static bool HasNumpy(string python)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(python, ["-c", "import numpy"])
            {
                RedirectStandardError = true,
                UseShellExecute = false,
            })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
