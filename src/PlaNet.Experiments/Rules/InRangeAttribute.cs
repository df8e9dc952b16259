using System.Globalization;

namespace PlaNet.Experiments.Rules;

/// <summary>A finite number within bounds.</summary>
/// <param name="minimum">Lower bound.</param>
/// <param name="maximum">Upper bound. Default infinity, which means no upper bound.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class InRangeAttribute(double minimum, double maximum = double.PositiveInfinity) : OptionRuleAttribute
{
    /// <summary>Lower bound.</summary>
    public double Minimum { get; } = minimum;

    /// <summary>Upper bound; infinity for none.</summary>
    public double Maximum { get; } = maximum;

    /// <summary>Whether the lower bound itself is excluded. Default false.</summary>
    public bool MinimumExclusive { get; init; }

    /// <summary>Whether the upper bound itself is excluded. Default false.</summary>
    public bool MaximumExclusive { get; init; }

    /// <inheritdoc/>
    public override string Text
    {
        get
        {
            var least = (MinimumExclusive ? "above " : "at least ") + Minimum.ToString(CultureInfo.InvariantCulture);
            return double.IsInfinity(Maximum)
                ? least
                : least + " and " + (MaximumExclusive ? "below " : "at most ") + Maximum.ToString(CultureInfo.InvariantCulture);
        }
    }

    /// <inheritdoc/>
    public override bool Allows(object value)
    {
        var number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        return double.IsFinite(number)
            && (MinimumExclusive ? number > Minimum : number >= Minimum)
            && (MaximumExclusive ? number < Maximum : number <= Maximum);
    }
}
