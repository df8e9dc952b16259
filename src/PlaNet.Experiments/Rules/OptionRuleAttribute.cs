namespace PlaNet.Experiments.Rules;

/// <summary>A rule for the values of an option, declared on the option so that checks and error messages agree.</summary>
[AttributeUsage(AttributeTargets.Property)]
public abstract class OptionRuleAttribute : Attribute
{
    /// <summary>The rule in words that follow "must be", such as <c>at least 1</c>.</summary>
    public abstract string Text { get; }

    /// <summary>Whether a value satisfies the rule.</summary>
    /// <param name="value">A value of the option's type.</param>
    public abstract bool Allows(object value);
}
