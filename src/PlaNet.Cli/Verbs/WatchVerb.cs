using System.CommandLine;
using PlaNet.Cli.Web;
using PlaNet.Experiments;
using PlaNet.Loading;
using PlaNet.Runs;
using PlaNet.Runs.Playing;
using PlaNet.Runs.Watching;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet watch</c>: a page on which the newest model of a run plays, step by step, with what it imagines.</summary>
public static class WatchVerb
{
    private const int DefaultPort = 7781;
    private const int MostElites = 20;

    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var verb = new Command("watch", "Serve a page on which a run's newest model plays, step by step, with what it imagines");
        var run = new Option<string>("--run") { Description = "The run directory", HelpName = "DIR", Required = true };
        var task = new Option<string?>("--task")
        {
            Description = "Play this task, of the run or another one with actions of the same size; by default the first task of the run",
            HelpName = "NAME",
        };
        var seed = new Option<ulong>("--seed") { Description = "Seed of the episodes", HelpName = "N", DefaultValueFactory = _ => 0 };
        var elites = new Option<int>("--elites")
        {
            Description = "Number of the planner's best trajectories whose frames are decoded",
            HelpName = "N",
            DefaultValueFactory = _ => 4,
        };
        var page = new PageChoice(DefaultPort);
        var changes = ExperimentChoice.NewChanges("Change one option of the planner, such as planner.candidates=1000; can be repeated");
        var device = new DeviceChoice();
        foreach (var option in new Option[] { run, task, seed, elites, changes })
        {
            verb.Add(option);
        }

        page.AddTo(verb);
        device.AddTo(verb);
        verb.SetAction((line, interruption) => WatchAsync(
            new Request(
                line.GetRequiredValue(run),
                line.GetValue(task),
                line.GetValue(seed),
                line.GetValue(elites),
                line.GetValue(changes) ?? []),
            () => page.Read(line),
            () => device.Read(line),
            line.InvocationConfiguration.Output,
            interruption));
        return verb;
    }

    private static async Task<int> WatchAsync(
        Request request, Func<WebBinding> bind, Func<torch.Device> device, TextWriter output, CancellationToken interruption)
    {
        if (request.Elites is < 0 or > MostElites)
        {
            throw new UnusableInputException($"--elites {request.Elites}: must be from 0 to {MostElites}. Give such a number.");
        }

        var (trained, _) = RunDirectory.Read(request.Run);
        var planner = TrainedChoice.Planner(trained, request.Changes);
        var tasks = request.Task is { } name ? TrainedChoice.Task(trained, name) : EvaluationTasks.All(trained.Task);
        var spec = tasks.Describe(0);
        Tasks.RequirePlanner(planner, spec);
        var binding = bind();
        TorchRuntime.Configure(trained.Compute);
        var options = new WatchOptions(request.Run, tasks, planner, request.Seed, device())
        {
            Elites = request.Elites,
            Warn = warning => output.WriteLine($"warning: {warning}"),
        };
        var subject = new WatchSubject(
            Path.GetFullPath(request.Run),
            trained.Name,
            $"{spec.Task}, action repeat {spec.ActionRepeat}",
            $"{ExperimentOption.Format(planner.Method).Trim('"')}, {planner.Iterations} x {planner.Candidates} candidates, "
                + $"horizon {planner.Horizon}",
            trained.Task.ImageSize,
            spec.Decisions);
        interruption.ThrowIfCancellationRequested();
        var page = await WatchPage.StartAsync(subject, () => new WatchSession(options), binding, interruption).ConfigureAwait(false);
        await using (page.ConfigureAwait(false))
        {
            return await ServedPage.WaitAsync(output, "watch", page.Entry, "the run is only read", interruption).ConfigureAwait(false);
        }
    }

    private sealed record Request(string Run, string? Task, ulong Seed, int Elites, string[] Changes);
}
