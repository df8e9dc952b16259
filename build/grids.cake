// Targets for grids: ./build.sh loads them, and so can your own build.cake, with one line:
//
//     #load "path/to/planet/build/grids.cake"
//
// They run the planet command of the checkout that this file lies in, which builds itself when it has to.

string GridsScript([System.Runtime.CompilerServices.CallerFilePath] string path = "") => path;

// In a build of your own these may be made to depend on targets of yours.
var gridTargets = new List<CakeTaskBuilder>();

// Ctrl-C reaches the child too: wait for it to end in its own way and hand on its exit code.
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
            throw new CakeException(code, $"planet ended with exit code {code}");
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

// Options without a value.
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
    .Description("Runs all of --grid (default Smoke) and prints its table; --seeds, --workers, --store, --runs, --device, --set, --experiments, --listen, --insecure as `planet grid`.")
    .Does(() =>
{
    var arguments = PlanetArguments("grid", "seeds", "workers", "store", "runs", "device", "set", "experiments", "listen");
    Planet(PlanetFlags(arguments, "insecure").Append("--grid").AppendQuoted(Argument("grid", "Smoke")));
    GridReport();
}));

gridTargets.Add(Task("Node")
    .Description("Works for the grid that lets others join at --join; --roles, --workers, --bind, --grid, --store, --runs, --device, --wait, --until-done, --rejoin, --insecure as `planet node`.")
    .Does(() => Planet(PlanetFlags(
        PlanetArguments("node", "join", "roles", "workers", "bind", "grid", "store", "runs", "device", "wait"), "until-done", "rejoin", "insecure"))));

gridTargets.Add(Task("Slurm")
    .Description("Writes the job array script for --grid (default Smoke) whose tasks join at --join; --seeds, --set, --experiments, --runs, --tasks, --cpus, --gpus, --time, --partition, --out, --insecure as `planet slurm`.")
    .Does(() =>
{
    var arguments = PlanetArguments("slurm", "join", "seeds", "set", "experiments", "runs", "tasks", "cpus", "gpus", "time", "partition", "out");
    Planet(PlanetFlags(arguments, "insecure").Append("--grid").AppendQuoted(Argument("grid", "Smoke")));
}));

gridTargets.Add(Task("Resume")
    .Description("Goes on with whatever --store or --runs holds, until all is done, and prints the table; --workers, --device, --listen, --insecure as `planet grid`.")
    .Does(() =>
{
    Planet(PlanetFlags(PlanetArguments("grid", "workers", "store", "runs", "device", "listen"), "insecure"));
    GridReport();
}));

gridTargets.Add(Task("Status")
    .Description("Shows who runs what in --store or --runs, how far it is and what is left; --grid for one grid only.")
    .Does(() => Planet(PlanetArguments("status", "store", "runs", "grid"))));

gridTargets.Add(Task("Report")
    .Description("Compares the runs below --runs (default runs), finished or not: table, curves, page.")
    .Does(GridReport));
