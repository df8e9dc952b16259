using System.Globalization;
using PlaNet.Runs.Results;
using PlaNet.Runs.Schedule;
using PlaNet.Telemetry;
using Spectre.Console;

namespace PlaNet.Cli;

/// <summary>How busy a role is.</summary>
/// <param name="Name">Name of the role without those above it.</param>
/// <param name="Share">Share of the recent time in which it worked, from 0 to 1.</param>
public sealed record RoleShare(string Name, double Share);

/// <summary>What a live view shows.</summary>
/// <param name="Status">Progress, rates, losses and returns.</param>
/// <param name="Left">Estimated time until the run is complete; null while it is unknown.</param>
/// <param name="MemoryBytes">Resident memory of the process.</param>
/// <param name="Roles">How busy each role is.</param>
/// <param name="Restarts">Restarts of all roles.</param>
public sealed record LiveViewState(
    RunStatus Status, TimeSpan? Left, long MemoryBytes, IReadOnlyList<RoleShare> Roles, int Restarts);

/// <summary>The state of a run as a few rows of a terminal.</summary>
public static class LiveView
{
    private const int LabelWidth = 9;
    private const int LongestBar = 40;
    private const string Bars = "▁▂▃▄▅▆▇█";
    private const string AsciiBars = "_.-=+*%#";

    /// <summary>Lays out the state. Values that do not fit are left out, the last ones of a row first.</summary>
    /// <param name="state">The state.</param>
    /// <param name="width">Columns of the terminal, at least 20. Rows are shorter.</param>
    /// <param name="unicode">Whether the terminal shows block characters; otherwise ASCII.</param>
    /// <returns>Rows with colours as control sequences, without line ends.</returns>
    public static IReadOnlyList<string> Rows(LiveViewState state, int width, bool unicode = true)
    {
        ArgumentNullException.ThrowIfNull(state);
        var room = Math.Max(width, 20) - 1 - LabelWidth;
        var grid = new Grid { Expand = false }
            .AddColumn(new GridColumn { NoWrap = true, Width = LabelWidth, Padding = new Spectre.Console.Padding(0, 0, 0, 0) })
            .AddColumn(new GridColumn { NoWrap = true, Padding = new Spectre.Console.Padding(0, 0, 0, 0) });
        foreach (var (label, value) in new[]
        {
            ("run", Run(state, room, unicode)),
            ("done", Values(Done(state.Status), room, unicode)),
            ("speed", Values(Speed(state), room, unicode)),
            ("losses", Values(Losses(state.Status.Losses), room, unicode)),
            ("returns", Returns(state.Status, room, unicode)),
            ("actors", Values(Actors(state), room, unicode)),
        })
        {
            grid.AddRow(new Markup($"[grey]{label}[/]"), new Markup(value));
        }

        using var text = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.Standard,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(text),
        });
        console.Profile.Width = room + LabelWidth;
        console.Write(grid);
        return [.. text.ToString().TrimEnd('\n').Split('\n')];
    }

    /// <summary>The newest values as one character each, scaled from the smallest to the largest of them.</summary>
    /// <param name="values">The values, oldest first.</param>
    /// <param name="width">Largest number of characters.</param>
    /// <param name="unicode">Whether to use block characters.</param>
    public static string Sparkline(IReadOnlyList<double> values, int width, bool unicode = true)
    {
        ArgumentNullException.ThrowIfNull(values);
        double[] shown = [.. values.Skip(Math.Max(0, values.Count - width))];
        var finite = shown.Where(double.IsFinite).DefaultIfEmpty(0).ToArray();
        var (low, high, bars) = (finite.Min(), finite.Max(), unicode ? Bars : AsciiBars);
        return string.Concat(shown.Select(value =>
            !double.IsFinite(value) ? '?'
            : high > low ? bars[(int)Math.Round((value - low) / (high - low) * (bars.Length - 1))]
            : bars[bars.Length / 2]));
    }

    private static string Run(LiveViewState state, int room, bool unicode)
    {
        var done = state.Status.Schedule.Steps > 0 ? state.Status.Progress.Step / (double)state.Status.Schedule.Steps : 1;
        var text = string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(done * 100):F0} %");
        var left = state.Left is { TotalSeconds: >= 1 } time ? $", {ProgressLine.Duration(time)} left" : "";
        text = text.Length + left.Length <= room ? text + left : text;
        var length = Math.Min(room - text.Length - 1, LongestBar);
        if (length < 5)
        {
            return Cut(text, room);
        }

        var (full, line, rest) = ((int)Math.Round(done * length), unicode ? '━' : '#', unicode ? '━' : '.');
        return $"[green]{new string(line, full)}[/][grey]{new string(rest, length - full)}[/] {text}";
    }

    private static IEnumerable<string> Done(RunStatus status)
    {
        var (progress, schedule) = (status.Progress, status.Schedule);
        yield return $"episodes {progress.Episodes}/{schedule.Episodes}";
        yield return $"updates {progress.Updates}/{schedule.Updates}";
        yield return $"evaluations {progress.Evaluations}/{schedule.Evaluations}";
    }

    private static IEnumerable<string> Speed(LiveViewState state)
    {
        if (state.Status.Updates.PerSecond is { } updates)
        {
            yield return $"{ProgressLine.Number(updates)} updates/s";
        }

        if (state.Status.Decisions.PerSecond is { } decisions)
        {
            yield return $"{ProgressLine.Number(decisions)} decisions/s";
        }

        yield return string.Create(CultureInfo.InvariantCulture, $"{state.MemoryBytes / (double)(1 << 30):F2} GiB");
    }

    private static IEnumerable<string> Losses(UpdateMetrics? losses) => losses is null ? [] :
    [
        .. losses.Image is { } image ? [$"image {ProgressLine.Number(image)}"] : Array.Empty<string>(),
        .. losses.State is { } state ? [$"state {ProgressLine.Number(state)}"] : Array.Empty<string>(),
        $"reward {ProgressLine.Number(losses.Reward)}",
        $"divergence {ProgressLine.Number(losses.Divergence)}",
        $"gradient {ProgressLine.Number(losses.GradientNorm)}",
    ];

    private static string Returns(RunStatus status, int room, bool unicode)
    {
        if (status.Returns.IsEmpty)
        {
            return Values(Score(status), room, unicode);
        }

        var values = Values(
            [Number(status.Returns[^1]), $"best {Number(status.Returns.Max())}", .. Score(status)], room - 4, unicode, out var length);
        return $"[aqua]{Sparkline(status.Returns, Math.Min(LongestBar, room - length - 1), unicode)}[/] {values}";
    }

    private static IEnumerable<string> Score(RunStatus status) =>
        status.Score is { } score ? [$"evaluated {Number(score.Mean)}"] : [];

    private static string Number(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    private static IEnumerable<string> Actors(LiveViewState state)
    {
        if (state.Status.Decision is { } decision)
        {
            var what = decision.Step == RunStep.Evaluate ? "evaluating" : "collecting";
            yield return $"{what} {decision.Decision}/{decision.Decisions}";
        }

        if (state.Restarts > 0)
        {
            yield return $"restarts {state.Restarts}";
        }

        foreach (var role in state.Roles.Where(role => role.Share >= 0.005))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{role.Name} {role.Share * 100:F0} %");
        }
    }

    private static string Values(IEnumerable<string> values, int room, bool unicode) => Values(values, room, unicode, out _);

    private static string Values(IEnumerable<string> values, int room, bool unicode, out int length)
    {
        var shown = new List<string>();
        length = 0;
        foreach (var value in values)
        {
            var more = shown.Count == 0 ? 0 : 3;
            if (length + more + value.Length > room)
            {
                if (shown.Count == 0)
                {
                    shown.Add(value[..Math.Max(0, Math.Min(value.Length, room))]);
                    length = shown[0].Length;
                }

                break;
            }

            shown.Add(value);
            length += more + value.Length;
        }

        return string.Join(unicode ? "[grey] · [/]" : "[grey] | [/]", shown.Select(Markup.Escape));
    }

    private static string Cut(string text, int room) => Markup.Escape(text.Length <= room ? text : text[..room]);
}
