// Targets for grids. ./build.sh loads them; your own build.cake can load them with one line:
//
//     #load "path/to/planet/build/grids.cake"
//
// They run the planet command of the checkout that contains this file. That command builds itself if necessary.

string GridsScript([System.Runtime.CompilerServices.CallerFilePath] string path = "") => path;

// Your own build can add dependencies to these targets.
var gridTargets = new List<CakeTaskBuilder>();

// Ctrl-C is sent to the child too: wait until it has stopped, and return its exit code.
void Planet(ProcessArgumentBuilder arguments)
{
    ConsoleCancelEventHandler wait = (_, pressed) => pressed.Cancel = true;
    Console.CancelKeyPress += wait;
    try
    {
        var program = File(GridsScript()).Path.MakeAbsolute(Context.Environment).GetDirectory().GetParent().CombineWithFilePath("planet");
        var code = StartProcess(program, new ProcessSettings
        {
            Arguments = arguments,
            WorkingDirectory = Directory(EnvironmentVariable("PLANET_CALLER", ".")),
        });
        if (code != 0)
        {
            throw new CakeException(code, $"planet ended with exit code {code}; its last message has the cause");
        }
    }
    finally
    {
        Console.CancelKeyPress -= wait;
    }
}

ProcessArgumentBuilder PlanetArguments(string verb, params string[] options)
{
    var arguments = new ProcessArgumentBuilder().Append(verb);
    foreach (var option in options.Where(option => HasArgument(option)))
    {
        foreach (var value in Arguments<string>(option))
        {
            arguments.Append($"--{option}").AppendQuoted(value);
        }
    }

    return arguments;
}

ProcessArgumentBuilder PlanetFlags(ProcessArgumentBuilder arguments, params string[] options)
{
    foreach (var option in options.Where(option => HasArgument(option)))
    {
        arguments.Append($"--{option}");
    }

    return arguments;
}

void GridReport() => Planet(PlanetArguments("report").Append("--runs").AppendQuoted(Argument("runs", "runs")));

gridTargets.Add(Task("Grid")
    .Description("Runs all cells of --grid (default Smoke) and prints its table; --seeds, --workers, --store, --runs, --device, --set, "
        + "--experiments, --listen, --insecure as for `planet grid`.")
    .Does(() =>
{
    var arguments = PlanetArguments("grid", "seeds", "workers", "store", "runs", "device", "set", "experiments", "listen");
    Planet(PlanetFlags(arguments, "insecure").Append("--grid").AppendQuoted(Argument("grid", "Smoke")));
    GridReport();
}));

gridTargets.Add(Task("Node")
    .Description("Joins the grid that listens at --join and runs its cells; --roles, --workers, --bind, --grid, --store, --runs, --device, "
        + "--wait, --until-done, --rejoin, --insecure as for `planet node`.")
    .Does(() => Planet(PlanetFlags(
        PlanetArguments("node", "join", "roles", "workers", "bind", "grid", "store", "runs", "device", "wait"),
        "until-done",
        "rejoin",
        "insecure"))));

gridTargets.Add(Task("Slurm")
    .Description("Writes the Slurm job array script for --grid (default Smoke), whose tasks join at --join; --seeds, --set, --experiments, "
        + "--runs, --tasks, --cpus, --gpus, --time, --partition, --out, --insecure as for `planet slurm`.")
    .Does(() =>
{
    var arguments = PlanetArguments(
        "slurm", "join", "seeds", "set", "experiments", "runs", "tasks", "cpus", "gpus", "time", "partition", "out");
    Planet(PlanetFlags(arguments, "insecure").Append("--grid").AppendQuoted(Argument("grid", "Smoke")));
}));

gridTargets.Add(Task("Resume")
    .Description("Resumes the unfinished runs in --store or --runs, waits until all are done, and prints the table; --workers, --device, "
        + "--listen, --insecure as for `planet grid`.")
    .Does(() =>
{
    Planet(PlanetFlags(PlanetArguments("grid", "workers", "store", "runs", "device", "listen"), "insecure"));
    GridReport();
}));

gridTargets.Add(Task("Status")
    .Description("Shows the runs in --store or --runs with owner, progress and remaining time; --grid for one grid only.")
    .Does(() => Planet(PlanetArguments("status", "store", "runs", "grid"))));

gridTargets.Add(Task("Report")
    .Description("Compares the finished and unfinished runs below --runs (default runs): table, curves, web page.")
    .Does(GridReport));
