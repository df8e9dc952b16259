using PlaNet.Environments;

namespace PlaNet.Tests.Environments;

public sealed class ToleranceTests
{
    private static readonly Dictionary<string, ToleranceShape> Shapes = new(StringComparer.Ordinal)
    {
        ["gaussian"] = ToleranceShape.Gaussian,
        ["hyperbolic"] = ToleranceShape.Hyperbolic,
        ["long_tail"] = ToleranceShape.LongTail,
        ["reciprocal"] = ToleranceShape.Reciprocal,
        ["cosine"] = ToleranceShape.Cosine,
        ["linear"] = ToleranceShape.Linear,
        ["quadratic"] = ToleranceShape.Quadratic,
        ["tanh_squared"] = ToleranceShape.TanhSquared,
    };

    public static TheoryData<ToleranceShape> AllShapes => [.. Enum.GetValues<ToleranceShape>()];

    [Fact]
    public void Every_recorded_case_has_the_recorded_value()
    {
        var table = Reference.Csv("rewards/tolerance_cases.csv");
        Assert.Equal(224, table.Rows.Length);
        for (var row = 0; row < table.Rows.Length; row++)
        {
            var value = Rewards.Tolerance(
                table[row, "x"],
                table[row, "lower"],
                table[row, "upper"],
                table[row, "margin"],
                Shapes[table.Text(row, "sigmoid")],
                table[row, "value_at_margin"]);
            Assert.True(Math.Abs(table[row, "expected"] - value) <= 1e-14, $"row {row}: {table[row, "expected"]}, not {value}");
        }
    }

    [Theory]
    [MemberData(nameof(AllShapes))]
    public void The_value_is_1_inside_the_bounds_and_falls_to_the_value_at_the_margin_on_both_sides(ToleranceShape shape)
    {
        Assert.Equal(1, Rewards.Tolerance(2, 1, 2, 3, shape, 0.25));
        Assert.Equal(0.25, Rewards.Tolerance(5, 1, 2, 3, shape, 0.25), 1e-12);
        Assert.Equal(0.25, Rewards.Tolerance(-2, 1, 2, 3, shape, 0.25), 1e-12);
        var last = 1.0;
        for (var x = 2.1; x < 4.9; x += 0.1)
        {
            var value = Rewards.Tolerance(x, 1, 2, 3, shape, 0.25);
            Assert.InRange(value, 0.25, last);
            last = value;
        }

        Assert.Equal(0, Rewards.Tolerance(2.0001, 1, 2, 0, shape, 0.25));
    }

    [Theory]
    [MemberData(nameof(AllShapes))]
    public void Values_at_the_margin_outside_what_the_shape_admits_are_refused(ToleranceShape shape)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Rewards.Tolerance(3, 0, 1, 1, shape, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Rewards.Tolerance(3, 0, 1, 1, shape, -0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Rewards.Tolerance(3, 0, 1, 1, shape, double.NaN));
        if (shape is ToleranceShape.Cosine or ToleranceShape.Linear or ToleranceShape.Quadratic)
        {
            Assert.Equal(0, Rewards.Tolerance(3, 0, 1, 1, shape, 0), 1e-12);
        }
        else
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => Rewards.Tolerance(3, 0, 1, 1, shape, 0));
        }
    }

    [Fact]
    public void Crossed_bounds_and_negative_margins_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Rewards.Tolerance(0, 2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Rewards.Tolerance(0, double.NaN, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Rewards.Tolerance(0, 0, 1, -1));
    }
}
