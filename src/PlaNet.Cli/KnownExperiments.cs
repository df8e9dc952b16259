using System.CommandLine;
using System.Reflection;
using System.Runtime.Loader;
using PlaNet.Catalog;
using PlaNet.Experiments;
using PlaNet.Experiments.Grids;

namespace PlaNet.Cli;

/// <summary>Every experiment and grid that can be launched by name: the built-in ones and those of the user's own assemblies.</summary>
public sealed class KnownExperiments
{
    private const string Variable = "PLANET_EXPERIMENTS";

    /// <summary>The built-in ones and those of some catalogs.</summary>
    /// <param name="own">The user's catalogs.</param>
    /// <exception cref="UnusableInputException">Two experiments or two grids have one name.</exception>
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

    /// <summary>The option that names assemblies.</summary>
    public static Option<string[]> NewOption() => new("--experiments")
    {
        Description = $"An assembly with experiments of your own; also {Variable} and the file of settings name such",
        HelpName = "FILE.dll",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>Loads what the command line, the environment and the settings name.</summary>
    /// <param name="given">The value of <see cref="NewOption"/>; null for none.</param>
    /// <param name="line">The parsed command line, for the settings.</param>
    /// <exception cref="UnusableInputException">An assembly cannot be used.</exception>
    public static KnownExperiments Read(string[]? given, ParseResult line)
    {
        IEnumerable<string> files =
        [
            .. Several(SettingsFile.Read(line).Planet.Experiments),
            .. Several(Environment.GetEnvironmentVariable(Variable) ?? ""),
            .. given ?? [],
        ];
        return new KnownExperiments([.. files.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal).SelectMany(Load)]);
    }

    /// <summary>The experiment of a name, or of a file of canonical JSON whose name ends in .json.</summary>
    /// <param name="name">The name, exactly, or the file.</param>
    /// <exception cref="ExperimentException">There is none; the message names the nearest one.</exception>
    public Experiment Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.EndsWith(".json", StringComparison.Ordinal))
        {
            return File.Exists(name)
                ? ExperimentJson.Read(File.ReadAllText(name))
                : throw new UnusableInputException($"--experiment {name}: there is no such file. Give one that `planet show --json` printed, or a name.");
        }

        return Own.FirstOrDefault(experiment => experiment.Name == name) is { } own
            ? own
            : ExperimentCatalog.All.FirstOrDefault(experiment => experiment.Name == name) ?? throw new ExperimentException(
                $"there is no experiment \"{name}\": did you mean {NearestName.Find(name, Experiments.Select(experiment => experiment.Name))}? "
                + "`planet experiments --all` lists them");
    }

    /// <summary>The grid of a name, letter case ignored.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ExperimentException">There is none; the message names the nearest one.</exception>
    public Grid FindGrid(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Grids.FirstOrDefault(grid => string.Equals(grid.Name, name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ExperimentException(
                $"there is no grid \"{name}\": did you mean {NearestName.Find(name, Grids.Select(grid => grid.Name))}? `planet grids` lists them");
    }

    private static string[] Several(string files) =>
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

            // Asked for at once, so that a fault in them is told with the assembly's name.
            _ = catalogs.Sum(catalog => catalog.Experiments.Count + catalog.Grids.Count);
            return catalogs.Count > 0 ? catalogs : throw new UnusableInputException(
                $"{file} holds no experiments: it needs a public class that implements {nameof(IExperimentCatalog)} (see experiments/template).");
        }
        catch (Exception exception) when (exception is not UnusableInputException)
        {
            var cause = exception is TargetInvocationException or TypeInitializationException && exception.InnerException is { } inner ? inner : exception;
            throw new UnusableInputException(
                $"{file} cannot be used as experiments: {cause.Message} Give an assembly that was built against this version of PlaNet.Experiments.", exception);
        }
    }

    private static void RequireUnique(string kind, IEnumerable<string> names, StringComparer comparer)
    {
        var twice = names.GroupBy(name => name, comparer).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
        {
            throw new UnusableInputException($"there are two {kind}s of the name {twice.Key}: give yours another name.");
        }
    }
}
