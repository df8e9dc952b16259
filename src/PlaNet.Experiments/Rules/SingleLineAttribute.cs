namespace PlaNet.Experiments.Rules;

/// <summary>Free text: one line of well-formed Unicode without control characters. May be empty.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SingleLineAttribute : OptionRuleAttribute
{
    /// <inheritdoc/>
    public override string Text => "one line without control characters";

    /// <inheritdoc/>
    public override bool Allows(object value) =>
        value is string text && text.EnumerateRunes().All(rune => !System.Text.Rune.IsControl(rune)) && IsWellFormed(text);

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (!char.IsSurrogatePair(text, i))
            {
                return false;
            }

            i++;
        }

        return true;
    }
}
