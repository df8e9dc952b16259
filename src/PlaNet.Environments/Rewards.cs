namespace PlaNet.Environments;

/// <summary>How the tolerance decreases outside its bounds. Names and formulas are those of the control suite.</summary>
public enum ToleranceShape
{
    /// <summary>exp(-(d s)^2 / 2).</summary>
    Gaussian,

    /// <summary>1 / cosh(d s).</summary>
    Hyperbolic,

    /// <summary>1 / (1 + (d s)^2).</summary>
    LongTail,

    /// <summary>1 / (1 + |d| s).</summary>
    Reciprocal,

    /// <summary>(1 + cos(pi d s)) / 2 while |d s| is below 1, then 0.</summary>
    Cosine,

    /// <summary>1 - d s while |d s| is below 1, then 0.</summary>
    Linear,

    /// <summary>1 - (d s)^2 while |d s| is below 1, then 0.</summary>
    Quadratic,

    /// <summary>1 - tanh(d s)^2.</summary>
    TanhSquared,
}

/// <summary>Building blocks of reward functions.</summary>
public static class Rewards
{
    /// <summary>
    /// Returns 1 within [<paramref name="low"/>, <paramref name="high"/>]. Outside, the value decreases with the distance to the nearer
    /// bound and is <paramref name="valueAtMargin"/> at the distance <paramref name="margin"/>. With margin 0 it is 0 outside.
    /// </summary>
    /// <param name="x">Any number.</param>
    /// <param name="low">Lower bound, inclusive; may be -infinity. Default 0.</param>
    /// <param name="high">Upper bound, inclusive, not below the lower; may be infinity. Default 0.</param>
    /// <param name="margin">Distance at which the value is <paramref name="valueAtMargin"/>; 0 or more. Default 0.</param>
    /// <param name="shape">Shape of the decrease. Default Gaussian.</param>
    /// <param name="valueAtMargin">In (0, 1), or [0, 1) for Cosine, Linear and Quadratic. Default 0.1.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The lower bound exceeds the upper, the margin is negative, or the value at the margin is out of range.
    /// </exception>
    public static double Tolerance(
        double x,
        double low = 0,
        double high = 0,
        double margin = 0,
        ToleranceShape shape = ToleranceShape.Gaussian,
        double valueAtMargin = 0.1)
    {
        if (!(low <= high))
        {
            throw new ArgumentOutOfRangeException(nameof(low), low, $"The lower bound must be at most the upper bound {high}.");
        }

        if (!(margin >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(margin), margin, "The margin must be 0 or more.");
        }

        if (x >= low && x <= high)
        {
            return 1;
        }

        return margin == 0 ? 0 : Decrease((x < low ? low - x : x - high) / margin, valueAtMargin, shape);
    }

    private static double Decrease(double d, double v, ToleranceShape shape)
    {
        var zeroAllowed = shape is ToleranceShape.Cosine or ToleranceShape.Linear or ToleranceShape.Quadratic;
        if (!(v < 1 && (v > 0 || (zeroAllowed && v == 0))))
        {
            throw new ArgumentOutOfRangeException(
                nameof(v), v, $"The value at the margin must lie in {(zeroAllowed ? "[0, 1)" : "(0, 1)")} for shape {shape}.");
        }

        return shape switch
        {
            ToleranceShape.Gaussian => Math.Exp(-0.5 * Square(d * Math.Sqrt(-2 * Math.Log(v)))),
            ToleranceShape.Hyperbolic => 1 / Math.Cosh(d * Math.Acosh(1 / v)),
            ToleranceShape.LongTail => 1 / (Square(d * Math.Sqrt((1 / v) - 1)) + 1),
            ToleranceShape.Reciprocal => 1 / ((Math.Abs(d) * ((1 / v) - 1)) + 1),
            ToleranceShape.Cosine => Within(d * (Math.Acos((2 * v) - 1) / Math.PI), scaled => (1 + Math.Cos(Math.PI * scaled)) / 2),
            ToleranceShape.Linear => Within(d * (1 - v), scaled => 1 - scaled),
            ToleranceShape.Quadratic => Within(d * Math.Sqrt(1 - v), scaled => 1 - Square(scaled)),
            ToleranceShape.TanhSquared => 1 - Square(Math.Tanh(d * Math.Atanh(Math.Sqrt(1 - v)))),
            _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, "The shape must be a member of ToleranceShape."),
        };
    }

    private static double Within(double scaled, Func<double, double> value)
    {
        return Math.Abs(scaled) < 1 ? value(scaled) : 0;
    }

    private static double Square(double x)
    {
        return x * x;
    }
}
