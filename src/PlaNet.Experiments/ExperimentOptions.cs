using System.Reflection;
using System.Text.Json;

namespace PlaNet.Experiments;

/// <summary>All options of an experiment, found by reflection over the record tree, so that no list has to be maintained.</summary>
public static class ExperimentOptions
{
    private static readonly string[] PathsWithoutEffect =
        ["name", "description", "task.command_folder", "task.address", "task.isolation", "replay.episodes_from"];

    private static readonly Dictionary<string, ExperimentOption> ByPath;

    static ExperimentOptions()
    {
        All = [.. Leaves(typeof(Experiment), "", [])];
        ByPath = All.ToDictionary(option => option.Path, StringComparer.Ordinal);
    }

    /// <summary>All options in the order in which the records declare them, which is also the order of the canonical JSON.</summary>
    public static IReadOnlyList<ExperimentOption> All { get; }

    /// <summary>The option at a path.</summary>
    /// <param name="path">Snake case with dots, such as <c>planner.elites</c>.</param>
    /// <exception cref="ExperimentException">There is no such option; the message names the nearest one.</exception>
    public static ExperimentOption Find(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (ByPath.TryGetValue(path, out var option))
        {
            return option;
        }

        var members = All.Select(candidate => candidate.Path)
            .Where(candidate => candidate.StartsWith(path + ".", StringComparison.Ordinal));
        if (members.Any())
        {
            throw new ExperimentException(
                $"{path} is a group of options and has no value of its own: name one of {string.Join(", ", members)}");
        }

        throw new ExperimentException(
            $"there is no option \"{ExperimentOption.OneLine(path)}\" in an experiment: did you mean {Nearest(path)}?");
    }

    private static string Nearest(string path)
    {
        // A path without a dot lacks its group: compare it with the options' own names, not with whole paths.
        var hasGroup = path.Contains('.', StringComparison.Ordinal);
        return All.MinBy(option => NearestName.Distance(path, hasGroup ? option.Path : option.Name))!.Path;
    }

    private static IEnumerable<ExperimentOption> Leaves(Type record, string prefix, PropertyInfo[] chain)
    {
        var properties = record.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(property => property.CanWrite)
            .OrderBy(property => property.MetadataToken);
        foreach (var property in properties)
        {
            var path = prefix + JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
            PropertyInfo[] extended = [.. chain, property];
            var type = property.PropertyType;
            if (type == typeof(int) || type == typeof(double) || type == typeof(bool) || type == typeof(string) || type.IsEnum)
            {
                yield return new ExperimentOption(path, extended, !PathsWithoutEffect.Contains(path, StringComparer.Ordinal));
            }
            else if (type.GetMethod("<Clone>$") is not null)
            {
                foreach (var leaf in Leaves(type, path + ".", extended))
                {
                    yield return leaf;
                }
            }
            else
            {
                throw new NotSupportedException(
                    $"{record.Name}.{property.Name} has the type {type.Name}: " +
                    "an option must be an int, a double, a bool, a string, an enumeration or a record of those.");
            }
        }
    }
}
