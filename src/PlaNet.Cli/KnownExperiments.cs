using System.CommandLine;
using System.Reflection;
using System.Runtime.Loader;
using PlaNet.Catalog;
using PlaNet.Experiments;
using PlaNet.Experiments.Grids;
using PlaNet.Runs;

namespace PlaNet.Cli;

/// <summary>All experiments and grids that a command line can name: the built-in ones and those of the user's assemblies.</summary>
public sealed class KnownExperiments
{
    private const string Variable = "PLANET_EXPERIMENTS";

    /// <summary>Combines the built-in experiments and grids with the user's catalogs.</summary>
    /// <param name="own">The user's catalogs.</param>
    /// <exception cref="UnusableInputException">Two experiments or two grids have the same name.</exception>
    public KnownExperiments(IReadOnlyList<IExperimentCatalog> own)
    {
        ArgumentNullException.ThrowIfNull(own);
        Own = [.. own.SelectMany(catalog => catalog.Experiments)];
        Experiments = [.. ExperimentCatalog.All, .. Own];
        Grids = [.. GridCatalog.All, .. own.SelectMany(catalog => catalog.Grids)];
        RequireUnique("experiment", Experiments.Select(experiment => experiment.Name), StringComparer.Ordinal);
        RequireUnique("grid", Grids.Select(grid => grid.Name), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>All experiments, the built-in ones first.</summary>
    public IReadOnlyList<Experiment> Experiments { get; }

    /// <summary>The user's own experiments.</summary>
    public IReadOnlyList<Experiment> Own { get; }

    /// <summary>All grids, the built-in ones first.</summary>
    public IReadOnlyList<Grid> Grids { get; }

    /// <summary>The option that names the user's assemblies.</summary>
    public static Option<string[]> NewOption() => new("--experiments")
    {
        Description = $"An assembly with your own experiments; more can be named in {Variable} and in the settings file",
        HelpName = "FILE.dll",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>Loads the assemblies that the command line, the environment and the settings name.</summary>
    /// <param name="given">The value of <see cref="NewOption"/>; null for none.</param>
    /// <param name="line">The parsed command line, for the settings.</param>
    /// <exception cref="UnusableInputException">An assembly cannot be used.</exception>
    public static KnownExperiments Read(string[]? given, ParseResult line)
    {
        IEnumerable<string> files =
        [
            .. SplitPaths(SettingsFile.Read(line).Planet.Experiments),
            .. SplitPaths(Environment.GetEnvironmentVariable(Variable) ?? ""),
            .. given ?? [],
        ];
        return new KnownExperiments([.. files.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal).SelectMany(Load)]);
    }

    /// <summary>
    /// Finds an experiment by name, or reads one from a file of canonical JSON whose name ends in .json, or from a run's experiment.json.
    /// </summary>
    /// <param name="name">The exact name, or the path of the file.</param>
    /// <exception cref="ExperimentException">The name is unknown; the message names the nearest one.</exception>
    /// <exception cref="RunException">An <c>experiment.json</c> is not that of a run.</exception>
    /// <exception cref="UnusableInputException">The file does not exist.</exception>
    public Experiment Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            return !File.Exists(name)
                ? throw new UnusableInputException(
                    $"--experiment {name}: there is no such file. Give a file that `planet show --json` printed, or a name.")
                : Path.GetFileName(name) == new RunFolder("").ExperimentFile
                    ? RunDirectory.Read(Path.GetDirectoryName(Path.GetFullPath(name))!).Experiment
                    : ExperimentJson.Read(File.ReadAllText(name));
        }

        return Own.FirstOrDefault(experiment => experiment.Name == name) is { } own
            ? own
            : ExperimentCatalog.All.FirstOrDefault(experiment => experiment.Name == name) ?? throw new ExperimentException(
                $"there is no experiment \"{name}\": "
                + $"did you mean {NearestName.Find(name, Experiments.Select(experiment => experiment.Name))}? "
                + "`planet experiments --all` lists them");
    }

    /// <summary>Finds a grid by name, ignoring letter case.</summary>
    /// <exception cref="ExperimentException">The name is unknown; the message names the nearest one.</exception>
    public Grid FindGrid(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Grids.FirstOrDefault(grid => string.Equals(grid.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ExperimentException(
                $"there is no grid \"{name}\": did you mean {NearestName.Find(name, Grids.Select(grid => grid.Name))}? "
                + "`planet grids` lists them");
    }

    private static string[] SplitPaths(string files) =>
        files.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static List<IExperimentCatalog> Load(string file)
    {
        try
        {
            var folder = Path.GetDirectoryName(file)!;
            AssemblyLoadContext.Default.Resolving += (context, name) =>
                Path.Combine(folder, name.Name + ".dll") is var beside && File.Exists(beside) ? context.LoadFromAssemblyPath(beside) : null;
            var assembly = AssemblyLoadContext.Default.LoadFromAssemblyPath(file);
            var catalogs = assembly.GetExportedTypes()
                .Where(type => type is { IsClass: true, IsAbstract: false } && typeof(IExperimentCatalog).IsAssignableFrom(type))
                .Select(type => (IExperimentCatalog)Activator.CreateInstance(type)!)
                .ToList();

            // Evaluated here, so that an exception in a catalog is reported with the assembly's name.
            _ = catalogs.Sum(catalog => catalog.Experiments.Count + catalog.Grids.Count);
            return catalogs.Count > 0 ? catalogs : throw new UnusableInputException(
                $"{file} contains no experiments: it needs a public class that implements {nameof(IExperimentCatalog)}. "
                + "Add one as in experiments/template, or name another assembly.");
        }
        catch (Exception exception) when (exception is not UnusableInputException)
        {
            var cause = exception is TargetInvocationException or TypeInitializationException && exception.InnerException is { } inner
                ? inner
                : exception;
            throw new UnusableInputException(
                $"{file} cannot be loaded as experiments: {cause.Message} "
                + "Give an assembly that was built against this version of PlaNet.Experiments.",
                exception);
        }
    }

    private static void RequireUnique(string kind, IEnumerable<string> names, StringComparer comparer)
    {
        var duplicate = names.GroupBy(name => name, comparer).FirstOrDefault(group => group.Count() > 1);
        if (duplicate is not null)
        {
            throw new UnusableInputException($"two {kind}s are named {duplicate.Key}: names must be unique. Rename yours.");
        }
    }
}
