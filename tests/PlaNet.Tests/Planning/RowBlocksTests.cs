using PlaNet.Planning;
using PlaNet.Tests.Runs;
using static TorchSharp.torch;

namespace PlaNet.Tests.Planning;

public sealed class RowBlocksTests
{
    public RowBlocksTests() => SmallRun.UseOneThread();

    [Theory]
    [InlineData(1000, 2, 2)]
    [InlineData(1000, 16, 3)]
    [InlineData(769, 3, 3)]
    [InlineData(511, 2, 1)]
    [InlineData(1000, 1, 1)]
    public void The_blocks_of_all_inputs_are_put_together_in_their_order(int rows, int threads, int blocks)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var left = arange(0, rows, 1, dtype: float32).view(rows, 1);
        var right = ones(rows, 2);
        var calls = 0;
        var sum = RowBlocks.Map(
            threads,
            inputs =>
            {
                Interlocked.Increment(ref calls);
                return inputs[0] + inputs[1];
            },
            left,
            right);
        Assert.Equal(blocks, calls);
        Assert.True((left + right).equal(sum).all().item<bool>());
        Assert.Equal(1, get_num_threads());
    }

    [Fact]
    public void With_gradients_the_rows_are_computed_at_once()
    {
        using var scope = NewDisposeScope();
        var input = ones(1000, 1).requires_grad_();
        var calls = 0;
        RowBlocks.Map(
            2,
            inputs =>
            {
                calls++;
                return inputs[0] * 3;
            },
            input).sum().backward();
        Assert.Equal(1, calls);
        Assert.Equal(3, input.grad!.mean().item<float>());
    }

    [Fact]
    public void A_failure_is_that_of_the_block_and_leaves_the_number_of_threads()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var failure = Assert.Throws<InvalidOperationException>(
            () => RowBlocks.Map(2, _ => throw new InvalidOperationException("no rows"), ones(1000, 1)));
        Assert.Equal("no rows", failure.Message);
        Assert.Equal(1, get_num_threads());
    }
}
