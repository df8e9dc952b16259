using System.CommandLine;
using System.Globalization;
using PlaNet.Cluster.Slurm;
using PlaNet.Common;
using PlaNet.Experiments.Grids;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet slurm</c>: writes the script by which Slurm works through a grid that another command coordinates.</summary>
public static class SlurmVerb
{
    private const int MostTasks = 1000;
    private const int MostCores = 1024;
    private const int MostGpus = 64;

    /// <summary>The verb, ready to be added to the command.</summary>
    public static Command Create()
    {
        var verb = new Command("slurm", "Write a job array script for Slurm whose tasks work for the grid that `planet grid --listen` coordinates");
        var grid = new GridChoice();
        var cluster = new ClusterChoice();
        var runs = NodeChoice.NewRuns();
        var tasks = new Option<int>("--tasks")
        {
            Description = "Tasks of the array, each a node of its own",
            HelpName = "N",
            DefaultValueFactory = _ => 1,
        };
        var cpus = new Option<int?>("--cpus") { Description = "Cores of a task; by default as many as its runs have threads", HelpName = "N" };
        var gpus = new Option<int>("--gpus") { Description = "GPUs of a task, with one run on each; 0 runs one run on the CPU", HelpName = "N", DefaultValueFactory = _ => 0 };
        var time = new Option<string?>("--time") { Description = "Time limit of a task; by default the partition's", HelpName = "HH:MM:SS" };
        var partition = new Option<string?>("--partition") { Description = "The partition; by default Slurm's", HelpName = "NAME" };
        var file = new Option<string?>("--out") { Description = "The script; by default planet-GRID.sbatch", HelpName = "FILE" };
        grid.AddTo(verb);
        foreach (var option in new Option[] { cluster.To, cluster.Insecure, runs, tasks, cpus, gpus, time, partition, file })
        {
            verb.Add(option);
        }

        verb.SetAction(line =>
        {
            var chosen = grid.Read(line);
            var concurrent = Math.Max(1, line.GetValue(gpus));
            var job = new SlurmJob
            {
                Grid = chosen.Name,
                Join = cluster.Others(line),
                Insecure = line.GetValue(cluster.Insecure),
                Runs = NodeChoice.Runs(line.GetValue(runs), line),
                Program = NodeChoice.Program(line),
                Tasks = Within("--tasks", line.GetValue(tasks), 1, MostTasks),
                Gpus = Within("--gpus", line.GetValue(gpus), 0, MostGpus),
                Cpus = Within("--cpus", line.GetValue(cpus) ?? (concurrent * chosen.Experiments.Max(experiment => experiment.Compute.Threads)), 1, MostCores),
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
            output.WriteLine($"note: {job.Tasks} tasks have {grid.Cells.Count} run(s) to do: some will only wait");
        }

        AtomicFile.WriteText(file, SlurmScript.Of(job));
        output.WriteLine($"runs: {job.Runs}");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{file}: {job.Tasks} task(s) with {job.Cpus} core(s) and {job.Gpus} GPU(s) each, told to stop {job.Notice.TotalSeconds:F0} s before the time is over"));
        output.WriteLine($"begin the grid with `planet grid --grid {grid.Name} --listen {job.Join[0]} --workers 0` and its other options, and keep that running");
        output.WriteLine("submit the script with sbatch, as often as you like: what is done is not run again");
        return ExitCode.Success;
    }

    private static int Within(string option, int given, int least, int most) => given >= least && given <= most
        ? given
        : throw new UnusableInputException($"{option} {given}: it is a number from {least} to {most}. Give such a number, or leave it out.");

    private static string? Name(string option, string? given) =>
        given is null || (given.Length > 0 && given[0] != '-' && given.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.'))
            ? given
            : throw new UnusableInputException($"{option} \"{given}\": a name has letters, digits, dots, dashes and underscores only. `sinfo` shows the names.");

    private static TimeSpan ReadTime(string given)
    {
        var parts = given.Split(':');
        if (parts.Length != 3 || !IsPart(parts[0], 1, 4) || !IsPart(parts[1], 2, 2) || !IsPart(parts[2], 2, 2) || Number(parts[1]) > 59 || Number(parts[2]) > 59)
        {
            throw new UnusableInputException($"--time {given}: write it as HH:MM:SS, hours, minutes and seconds, such as 08:00:00 or 72:00:00.");
        }

        var time = new TimeSpan(Number(parts[0]), Number(parts[1]), Number(parts[2]));
        return time >= SlurmJob.ShortestTime
            ? time
            : throw new UnusableInputException($"--time {given}: a task needs {SlurmJob.ShortestTime:hh\\:mm\\:ss} at least, or it is told to stop before it has begun. Give more.");
    }

    private static bool IsPart(string digits, int least, int most) =>
        digits.Length >= least && digits.Length <= most && digits.All(char.IsAsciiDigit);

    private static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);
}
