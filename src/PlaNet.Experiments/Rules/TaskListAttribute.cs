using System.Globalization;

namespace PlaNet.Experiments.Rules;

/// <summary>
/// Task names separated by commas without spaces, each optionally followed by a colon and the action repeat, such as
/// <c>reacher_easy:4,cheetah_run</c>. May be empty.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TaskListAttribute : OptionRuleAttribute
{
    private static readonly IdentifierAttribute Name = new();

    /// <inheritdoc/>
    public override string Text =>
        "task names separated by commas without spaces, each optionally followed by a colon and an action repeat of 1 to "
        + TaskOptions.ControlSteps.ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override bool Allows(object value) => value is string text && (text.Length == 0 || text.Split(',').All(IsTask));

    private static bool IsTask(string text)
    {
        var (name, repeat) = OtherTask.Split(text);
        return Name.Allows(name) && (repeat is null || (OtherTask.Repeat(repeat) is >= 1 and <= TaskOptions.ControlSteps));
    }
}
