namespace PlaNet.Experiments.Rules;

/// <summary>What values an option may take. It stands beside the option, so that checks, error messages and documentation agree.</summary>
[AttributeUsage(AttributeTargets.Property)]
public abstract class OptionRuleAttribute : Attribute
{
    /// <summary>The rule in words that follow "must be", such as <c>at least 1</c>.</summary>
    public abstract string Text { get; }

    /// <summary>Whether the option may take the value.</summary>
    /// <param name="value">A value of the option's own type.</param>
    public abstract bool Allows(object value);
}
