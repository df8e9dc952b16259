namespace PlaNet.Experiments.Rules;

/// <summary>One of some whole numbers.</summary>
/// <param name="numbers">The numbers, at least two.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OneOfAttribute(params int[] numbers) : OptionRuleAttribute
{
    /// <summary>The numbers.</summary>
    public IReadOnlyList<int> Numbers { get; } = numbers;

    /// <inheritdoc/>
    public override string Text => $"{string.Join(", ", Numbers.SkipLast(1))} or {Numbers[^1]}";

    /// <inheritdoc/>
    public override bool Allows(object value) => value is int number && Numbers.Contains(number);
}
