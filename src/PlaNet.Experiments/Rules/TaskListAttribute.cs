namespace PlaNet.Experiments.Rules;

/// <summary>
/// Tasks separated by commas without spaces, each the name of a task or the name, a colon and its action repeat, such as
/// <c>reacher_easy:4,cheetah_run</c>; the list may be empty.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class TaskListAttribute : OptionRuleAttribute
{
    private static readonly IdentifierAttribute Name = new();

    /// <inheritdoc/>
    public override string Text =>
        $"names of tasks separated by commas without spaces, each alone or with a colon and its action repeat, 1 to {TaskOptions.ControlSteps}";

    /// <inheritdoc/>
    public override bool Allows(object value) => value is string text && (text.Length == 0 || text.Split(',').All(IsTask));

    private static bool IsTask(string text)
    {
        var (name, repeat) = OtherTask.Split(text);
        return Name.Allows(name) && (repeat is null || (OtherTask.Repeat(repeat) is >= 1 and <= TaskOptions.ControlSteps));
    }
}
