using System.CommandLine;
using System.Globalization;
using PlaNet.Cluster.Slurm;
using PlaNet.Common;
using PlaNet.Experiments.Grids;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet slurm</c>: writes a Slurm job script whose tasks are nodes of a grid that another command coordinates.</summary>
public static class SlurmVerb
{
    private const int MaxTasks = 1000;
    private const int MaxCores = 1024;
    private const int MaxGpus = 64;

    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var verb = new Command(
            "slurm", "Write a Slurm job array script whose tasks execute the runs of a grid that `planet grid --listen` coordinates");
        var grid = new GridChoice();
        var cluster = new ClusterChoice();
        var runs = NodeChoice.NewRuns();
        var tasks = new Option<int>("--tasks")
        {
            Description = "Tasks of the array, each a node",
            HelpName = "N",
            DefaultValueFactory = _ => 1,
        };
        var cpus = new Option<int?>("--cpus")
        {
            Description = "Cores per task; by default as many as its runs have threads",
            HelpName = "N",
        };
        var gpus = new Option<int>("--gpus")
        {
            Description = "GPUs per task, with one run on each; 0 for one run on the CPU",
            HelpName = "N",
            DefaultValueFactory = _ => 0,
        };
        var time = new Option<string?>("--time") { Description = "Time limit per task; by default the partition's", HelpName = "HH:MM:SS" };
        var partition = new Option<string?>("--partition")
        {
            Description = "Slurm partition; by default Slurm's default partition",
            HelpName = "NAME",
        };
        var file = new Option<string?>("--out") { Description = "Path of the script; by default planet-GRID.sbatch", HelpName = "FILE" };
        grid.AddTo(verb);
        foreach (var option in new Option[] { cluster.Seeds, cluster.Insecure, runs, tasks, cpus, gpus, time, partition, file })
        {
            verb.Add(option);
        }

        verb.SetAction(line =>
        {
            var chosen = grid.Read(line);
            var concurrent = Math.Max(1, line.GetValue(gpus));
            var threads = chosen.Experiments.Max(experiment => experiment.Compute.Threads);
            var job = new SlurmJob
            {
                Grid = chosen.Name,
                Join = cluster.ReadSeeds(line),
                Insecure = line.GetValue(cluster.Insecure),
                Runs = NodeChoice.Runs(line.GetValue(runs), line),
                Program = NodeChoice.Program(line),
                Tasks = Within("--tasks", line.GetValue(tasks), 1, MaxTasks),
                Gpus = Within("--gpus", line.GetValue(gpus), 0, MaxGpus),
                Cpus = Within("--cpus", line.GetValue(cpus) ?? (concurrent * threads), 1, MaxCores),
                Time = line.GetValue(time) is { } limit ? ReadTime(limit) : null,
                Partition = Name("--partition", line.GetValue(partition)),
            };
            return Write(chosen, job, line.GetValue(file) ?? $"planet-{chosen.Name}.sbatch", line.InvocationConfiguration.Output);
        });
        return verb;
    }

    private static int Write(Grid grid, SlurmJob job, string file, TextWriter output)
    {
        if (job.Tasks > grid.Cells.Count)
        {
            output.WriteLine($"note: {job.Tasks} tasks for {grid.Cells.Count} run(s): some tasks will be idle");
        }

        AtomicFile.WriteText(file, SlurmScript.Of(job));
        output.WriteLine($"runs: {job.Runs}");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{file}: {job.Tasks} task(s) with {job.Cpus} core(s) and {job.Gpus} GPU(s) each, ")
            + string.Create(CultureInfo.InvariantCulture, $"stopped {job.Notice.TotalSeconds:F0} s before the time limit"));
        var command = $"planet grid --grid {grid.Name} --listen {job.Join[0]} --workers 0";
        output.WriteLine($"start the grid with `{command}` and its other options, and keep it running");
        output.WriteLine("submit the script with sbatch, as often as you like: completed runs are not repeated");
        return ExitCode.Success;
    }

    private static int Within(string option, int given, int min, int max) => given >= min && given <= max
        ? given
        : throw new UnusableInputException($"{option} {given}: must be from {min} to {max}. Give such a number, or leave it out.");

    private static string? Name(string option, string? given) =>
        given is null
        || (given.Length > 0 && given[0] != '-' && given.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.'))
            ? given
            : throw new UnusableInputException(
                $"{option} \"{given}\": a name contains only letters, digits, dots, dashes and underscores. `sinfo` lists the names.");

    private static TimeSpan ReadTime(string given)
    {
        var parts = given.Split(':');
        if (parts.Length != 3 || !IsPart(parts[0], 1, 4) || !IsPart(parts[1], 2, 2) || !IsPart(parts[2], 2, 2)
            || Number(parts[1]) > 59 || Number(parts[2]) > 59)
        {
            throw new UnusableInputException(
                $"--time {given}: must have the form HH:MM:SS (hours, minutes, seconds). Give a time such as 08:00:00 or 72:00:00.");
        }

        var time = new TimeSpan(Number(parts[0]), Number(parts[1]), Number(parts[2]));
        return time >= SlurmJob.ShortestTime
            ? time
            : throw new UnusableInputException(
                $"--time {given}: must be at least {SlurmJob.ShortestTime:hh\\:mm\\:ss}, or the task is stopped too early. Give more.");
    }

    private static bool IsPart(string digits, int min, int max) =>
        digits.Length >= min && digits.Length <= max && digits.All(char.IsAsciiDigit);

    private static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);
}
