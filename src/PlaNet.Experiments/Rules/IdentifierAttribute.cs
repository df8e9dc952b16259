namespace PlaNet.Experiments.Rules;

/// <summary>
/// A name that is safe in a path and on a command line: lower-case letters, digits and underscores, starting with a letter.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class IdentifierAttribute : OptionRuleAttribute
{
    /// <inheritdoc/>
    public override string Text => "1 to 100 lower-case letters, digits and underscores, starting with a letter";

    /// <inheritdoc/>
    public override bool Allows(object value) =>
        value is string { Length: > 0 and <= 100 } name
        && char.IsAsciiLetterLower(name[0])
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');
}
