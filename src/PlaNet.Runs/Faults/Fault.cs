using System.Text.RegularExpressions;

namespace PlaNet.Runs.Faults;

/// <summary>One thing that is to go wrong.</summary>
/// <param name="Point">Where.</param>
/// <param name="Visit">At which visit of the point, counted within the process from 1.</param>
/// <param name="Action">What.</param>
public sealed partial record Fault(FaultPoint Point, int Visit, FaultAction Action)
{
    private static readonly Dictionary<string, FaultAction> s_actions =
        Enum.GetValues<FaultAction>().ToDictionary(Word, StringComparer.Ordinal);

    /// <summary>Reads a fault.</summary>
    /// <param name="text">Such as "learner.update@37=crash".</param>
    /// <exception cref="RunException">It cannot be one: the message names the part, what is valid, and the nearest name.</exception>
    public static Fault Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = Form().Match(text);
        if (!parts.Success)
        {
            throw new RunException($"--fault {text} has another form than POINT@VISIT=ACTION: write it like learner.update@37=crash.");
        }

        var (point, visit, action) = (parts.Groups["point"].Value, parts.Groups["visit"].Value, parts.Groups["action"].Value);
        var found = FaultPoint.All.FirstOrDefault(known => string.Equals(known.Name, point, StringComparison.Ordinal))
            ?? throw Unknown(text, $"fault point {point}", point, FaultPoint.All.Select(known => known.Name));
        if (!int.TryParse(visit, System.Globalization.NumberStyles.None, provider: null, out var number) || number < 1)
        {
            throw new RunException($"--fault {text}: the visit is {visit} but must be a whole number from 1 to {int.MaxValue}.");
        }

        if (!s_actions.TryGetValue(action, out var does))
        {
            throw Unknown(text, $"action {action}", action, found.Actions.Select(Word));
        }

        return found.Actions.Contains(does)
            ? new Fault(found, number, does)
            : throw new RunException($"--fault {text}: {found} knows no {action}. Choose one of {string.Join(", ", found.Actions.Select(Word))}.");
    }

    /// <summary>The form that <see cref="Parse"/> reads.</summary>
    public override string ToString() => $"{Point}@{Visit}={Word(Action)}";

    private static string Word(FaultAction action) => action == FaultAction.DiskFull ? "disk-full" : action.ToString().ToLowerInvariant();

    private static RunException Unknown(string text, string what, string name, IEnumerable<string> valid)
    {
        var names = valid.ToArray();
        return new RunException(
            $"--fault {text}: there is no {what}. Did you mean {Experiments.NearestName.Find(name, names)}? Valid are {string.Join(", ", names)}.");
    }

    [GeneratedRegex("^(?<point>[^@=]+)@(?<visit>[^@=]+)=(?<action>[^@=]+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
