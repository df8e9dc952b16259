using PlaNet.Torch;
using static PlaNet.Torch.torch;

namespace PlaNet.Tests.Torch;

public sealed class GeneratorTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void A_saved_state_put_back_continues_the_stream_exactly()
    {
        using var generator = new Generator(42);
        _ = randn([101], generator: generator);
        var state = generator.get_state().data<byte>().ToArray();
        var expected = (randn([7], generator: generator), rand([5], generator: generator), randint(10, [9], generator: generator), randperm(6, generator: generator));
        using var other = new Generator(1);
        other.set_state(tensor<byte>(state, [state.Length]));
        Assert.True(equal(expected.Item1, randn([7], generator: other)));
        Assert.True(equal(expected.Item2, rand([5], generator: other)));
        Assert.True(equal(expected.Item3, randint(10, [9], generator: other)));
        Assert.True(equal(expected.Item4, randperm(6, generator: other)));
    }

    [Fact]
    public void Equal_seeds_give_equal_numbers_and_others_do_not()
    {
        using var one = new Generator(ulong.MaxValue);
        using var two = new Generator(ulong.MaxValue);
        using var three = new Generator(3);
        Assert.Equal(ulong.MaxValue, one.initial_seed);
        var first = randn([8], generator: one);
        Assert.True(equal(first, randn([8], generator: two)));
        Assert.False(equal(first, randn([8], generator: three)));
        Assert.True(equal(first, randn([8], generator: three.manual_seed(ulong.MaxValue))));
    }

    [Fact]
    public void Draws_have_their_distribution()
    {
        using var generator = new Generator(5);
        const int count = 100_000;
        var normal = randn([count], generator: generator);
        Assert.InRange(normal.mean().ToDouble(), -0.016, 0.016);
        Assert.InRange(normal.std().ToDouble(), 0.988, 1.012);
        var uniform = rand([count], float64, generator: generator);
        Assert.InRange(uniform.mean().ToDouble(), 0.495, 0.505);
        Assert.True((uniform >= 0).logical_and(uniform < 1).all().ToBoolean());
        var integers = randint(-2, 3, [count], generator: generator);
        Assert.Equal(-2, integers.min().ToInt64());
        Assert.Equal(2, integers.max().ToInt64());
        Assert.InRange(torch.normal(3, 0.1, [count], generator: generator).mean().ToDouble(), 2.998, 3.002);
    }

    [Fact]
    public void Bytes_that_are_no_state_are_refused()
    {
        using var generator = new Generator(5);
        Assert.Throws<TorchException>(() => generator.set_state(zeros([10], uint8)));
    }
}
