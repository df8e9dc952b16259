namespace PlaNet.Experiments.Rules;

/// <summary>A SHA-256 in hexadecimal, or nothing.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class Sha256Attribute : OptionRuleAttribute
{
    private const int Digits = 64;

    /// <inheritdoc/>
    public override string Text => $"empty or {Digits} lower-case hexadecimal digits";

    /// <inheritdoc/>
    public override bool Allows(object value) =>
        value is string { Length: 0 or Digits } hash && hash.All(c => char.IsAsciiHexDigitLower(c));
}
