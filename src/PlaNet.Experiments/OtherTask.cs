using System.Globalization;

namespace PlaNet.Experiments;

/// <summary>A task that an agent learns in addition to <see cref="TaskOptions.Name"/>.</summary>
/// <param name="Name">Registered name of the task.</param>
/// <param name="ActionRepeat">Control steps for which one action is repeated, R; null for the task's registered value.</param>
public sealed record OtherTask(string Name, int? ActionRepeat)
{
    /// <summary>The task as an element of <see cref="TaskOptions.Others"/>.</summary>
    public override string ToString() =>
        ActionRepeat is { } repeat ? string.Create(CultureInfo.InvariantCulture, $"{Name}:{repeat}") : Name;

    internal static OtherTask Parse(string text)
    {
        var (name, repeat) = Split(text);
        return new OtherTask(name, repeat is null ? null : Repeat(repeat));
    }

    internal static (string Name, string? Repeat) Split(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (text, null) : (text[..colon], text[(colon + 1)..]);
    }

    internal static int? Repeat(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var repeat) ? repeat : null;
}
