using System.Text.RegularExpressions;

namespace PlaNet.Runs.Faults;

/// <summary>A fault to inject.</summary>
/// <param name="Point">The place in the run.</param>
/// <param name="Visit">Visit of the point at which the fault is injected, counted from 1 within the process.</param>
/// <param name="Action">The kind of fault.</param>
public sealed partial record Fault(FaultPoint Point, int Visit, FaultAction Action)
{
    private static readonly Dictionary<string, FaultAction> s_actions =
        Enum.GetValues<FaultAction>().ToDictionary(Word, StringComparer.Ordinal);

    /// <summary>Parses a fault.</summary>
    /// <param name="text">POINT@VISIT=ACTION, such as "learner.update@37=crash".</param>
    /// <exception cref="RunException">The text is not a valid fault.</exception>
    public static Fault Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = Form().Match(text);
        if (!parts.Success)
        {
            throw new RunException($"--fault {text} does not have the form POINT@VISIT=ACTION: write it like learner.update@37=crash.");
        }

        var (point, visit, action) = (parts.Groups["point"].Value, parts.Groups["visit"].Value, parts.Groups["action"].Value);
        var found = FaultPoint.All.FirstOrDefault(known => string.Equals(known.Name, point, StringComparison.Ordinal))
            ?? throw Unknown(text, $"fault point {point}", point, FaultPoint.All.Select(known => known.Name));
        if (!int.TryParse(visit, System.Globalization.NumberStyles.None, provider: null, out var number) || number < 1)
        {
            throw new RunException(
                $"--fault {text}: the visit is {visit} but must be a whole number from 1 to {int.MaxValue}. Correct it.");
        }

        if (!s_actions.TryGetValue(action, out var does))
        {
            throw Unknown(text, $"action {action}", action, found.Actions.Select(Word));
        }

        return found.Actions.Contains(does)
            ? new Fault(found, number, does)
            : throw new RunException(
                $"--fault {text}: {found} does not support {action}. Choose one of {string.Join(", ", found.Actions.Select(Word))}.");
    }

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public override string ToString() => $"{Point}@{Visit}={Word(Action)}";

    private static string Word(FaultAction action) => action == FaultAction.DiskFull ? "disk-full" : action.ToString().ToLowerInvariant();

    private static RunException Unknown(string text, string what, string name, IEnumerable<string> valid)
    {
        var names = valid.ToArray();
        return new RunException(
            $"--fault {text}: there is no {what}. Did you mean {Experiments.NearestName.Find(name, names)}? " +
            $"Choose one of {string.Join(", ", names)}.");
    }

    [GeneratedRegex("^(?<point>[^@=]+)@(?<visit>[^@=]+)=(?<action>[^@=]+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
