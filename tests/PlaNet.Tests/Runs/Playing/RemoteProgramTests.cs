using PlaNet.Cli;
using PlaNet.Environments;
using PlaNet.Experiments;
using PlaNet.Runs;
using PlaNet.Tests.Cli;
using PlaNet.Tests.Common;
using PlaNet.Tests.Environments;

namespace PlaNet.Tests.Runs.Playing;

/// <summary>Runs whose task is a program at an address.</summary>
public sealed class RemoteProgramTests
{
    [Fact]
    public void A_run_whose_connection_is_lost_has_the_result_of_one_that_kept_it_also_from_another_address()
    {
        using var folder = new TemporaryFolder();
        using var server = Cartpole();
        using var moved = Cartpole();
        SmallRun.Run(folder["whole"], experiment: At(server.Address));
        var (complete, events) = SmallRun.Run(
            folder["run"],
            (happened, interrupt) =>
            {
                if (happened is UpdateDone { Progress.Updates: 4 })
                {
                    server.Disconnect();
                }
                else if (happened is UpdateDone { Progress.Updates: 7 })
                {
                    interrupt.Cancel();
                }
            },
            At(server.Address));
        Assert.False(complete);
        Assert.Contains(events, happened => happened is RunIncident);

        // The simulator has moved. No option that decides the result has changed.
        server.Dispose();
        Assert.True(SmallRun.Run(folder["run"], experiment: At(moved.Address)).Complete);
        Assert.Equal(
            SmallRun.Fingerprint(folder["whole"]),
            SmallRun.Fingerprint(folder["run"]).Where(line => !line.Contains("incidents/", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_address_of_another_machine_without_certificates_is_refused_before_the_run_is_made()
    {
        using var folder = new TemporaryFolder();
        var failure = Assert.Throws<RunException>(() => SmallRun.Run(folder["run"], experiment: At("10.0.0.5:4712")));
        Assert.StartsWith("task.address: 10.0.0.5:4712 is not of this machine alone", failure.Message, StringComparison.Ordinal);
        Assert.Contains("planet.cluster.tls", failure.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Fact]
    public async Task A_name_of_the_suite_and_a_command_beside_it_are_refused()
    {
        var (code, _, error) = await PlanetProcess.Run(["show", "--experiment", "quickstart", "--set=task.address=127.0.0.1:4712"]);
        Assert.Equal(ExitCode.UnusableInput, code);
        Assert.Contains("a task of the suite: it must be another name with task.address", error, StringComparison.Ordinal);
        var problem = Assert.Single(ExperimentValidation.Validate(
            new Experiment { Task = new TaskOptions { Name = "slide", Command = "sim", Address = "127.0.0.1:4712" } }));
        Assert.Equal("task.address", problem.Path);
    }

    private static RemoteServer Cartpole() => new(null, RemoteServer.Task("cartpole_swingup", new TaskSettings
    {
        ActionRepeat = 125,
        Pixels = new ImageSpec(),
        RenderQuality = PlaNet.MuJoCo.RenderQuality.Fast,
    }));

    private static Experiment At(string address) => SmallRun.Experiment with
    {
        Task = SmallRun.Experiment.Task with { Name = "far_cartpole", Address = address },
    };
}
