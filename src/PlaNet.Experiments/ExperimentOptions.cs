using System.Reflection;
using System.Text.Json;

namespace PlaNet.Experiments;

/// <summary>Every option of an experiment, read off the record tree itself, so that none can be forgotten anywhere.</summary>
public static class ExperimentOptions
{
    private static readonly string[] WithoutInfluence = ["name", "description", "task.isolation"];

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

        var inside = All.Where(candidate => candidate.Path.StartsWith(path + ".", StringComparison.Ordinal)).Select(candidate => candidate.Path);
        if (inside.Any())
        {
            throw new ExperimentException($"{path} is a group of options and has no value of its own: name one of {string.Join(", ", inside)}");
        }

        throw new ExperimentException(
            $"there is no option \"{ExperimentOption.OneLine(path)}\" in an experiment: did you mean {Nearest(path)}?");
    }

    private static string Nearest(string path)
    {
        // Somebody who leaves the group out means the option of that name, not a short path that happens to look alike.
        var whole = path.Contains('.', StringComparison.Ordinal);
        return All.MinBy(option => NearestName.Distance(path, whole ? option.Path : option.Name))!.Path;
    }

    private static IEnumerable<ExperimentOption> Leaves(Type record, string prefix, PropertyInfo[] chain)
    {
        var properties = record.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(property => property.CanWrite)
            .OrderBy(property => property.MetadataToken);
        foreach (var property in properties)
        {
            var path = prefix + JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
            PropertyInfo[] longer = [.. chain, property];
            var type = property.PropertyType;
            if (type == typeof(int) || type == typeof(double) || type == typeof(bool) || type == typeof(string) || type.IsEnum)
            {
                yield return new ExperimentOption(path, longer, !WithoutInfluence.Contains(path, StringComparer.Ordinal));
            }
            else if (type.GetMethod("<Clone>$") is not null)
            {
                foreach (var leaf in Leaves(type, path + ".", longer))
                {
                    yield return leaf;
                }
            }
            else
            {
                throw new NotSupportedException(
                    $"{record.Name}.{property.Name} is of type {type.Name}: an option is an int, a double, a bool, a string, an enumeration or a record of those.");
            }
        }
    }
}
