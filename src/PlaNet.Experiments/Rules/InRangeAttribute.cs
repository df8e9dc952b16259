using System.Globalization;

namespace PlaNet.Experiments.Rules;

/// <summary>A finite number between two bounds, each of which may be absent.</summary>
/// <param name="minimum">Smallest value.</param>
/// <param name="maximum">Largest value; infinity for none.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class InRangeAttribute(double minimum, double maximum = double.PositiveInfinity) : OptionRuleAttribute
{
    /// <summary>Smallest value.</summary>
    public double Minimum { get; } = minimum;

    /// <summary>Largest value; infinity for none.</summary>
    public double Maximum { get; } = maximum;

    /// <summary>Whether the smallest value is itself refused. Default false.</summary>
    public bool MinimumExclusive { get; init; }

    /// <summary>Whether the largest value is itself refused. Default false.</summary>
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
