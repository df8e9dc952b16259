using PlaNet.Torch;
using PlaNet.Torch.Modules;
using static PlaNet.Torch.torch;

namespace PlaNet.Tests.Torch;

/// <summary>These count every tensor of the process, so nothing else may run beside them.</summary>
[CollectionDefinition(nameof(CountedTensors), DisableParallelization = true)]
public sealed class CountedTensors;

[Collection(nameof(CountedTensors))]
public sealed class DisposeScopeTests
{
    [Fact]
    public void A_thousand_iterations_leave_no_tensor_behind()
    {
        using var parameter = new Parameter(ones([8, 8]));
        using var adam = optim.Adam([parameter]);
        void Iterate(int iteration)
        {
            using var scope = NewDisposeScope();
            adam.zero_grad();
            var x = parameter.matmul(ones([8, 8])).relu();
            var parts = x.split(1);
            var (values, _) = cat(parts).topk(3);
            using (no_grad()) _ = x[0, 1..2].item<float>();
            values.sum().backward();
            _ = nn.utils.clip_grad_norm_([parameter], 1);
            adam.step();
            if (iteration % 100 == 0) Assert.Throws<TorchException>(() => x.matmul(ones(3)));
        }

        Iterate(0);

        // Finalisers of earlier tests may lower the count meanwhile; nothing here may raise it.
        var before = Tensor.TotalCount;
        for (var i = 0; i < 1000; i++) Iterate(i);
        Assert.InRange(Tensor.TotalCount, 0, before);
    }

    [Fact]
    public void A_scope_frees_what_was_made_in_it_and_nothing_else()
    {
        using var outer = ones(2);
        Tensor inner;
        using (var scope = NewDisposeScope())
        {
            inner = outer + 1;
            _ = inner.mul_(2);
            Assert.Equal(1, scope.DisposablesCount);
        }

        Assert.True(inner.IsInvalid);
        Assert.False(outer.IsInvalid);
        Assert.Contains("scope", Assert.Throws<ObjectDisposedException>(() => inner.shape).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tensor_moves_out_scope_by_scope_or_out_of_all()
    {
        Tensor kept, moved, freed;
        using (var outer = NewDisposeScope())
        {
            using (var inner = NewDisposeScope())
            {
                moved = ones(1).MoveToOuterDisposeScope();
                kept = inner.Detach(ones(1));
                freed = ones(1);
                Assert.Equal(1, inner.DisposablesCount);
                Assert.Same(outer, inner.OuterScope);
            }

            Assert.True(freed.IsInvalid);
            Assert.False(moved.IsInvalid);
            Assert.Equal(1, outer.DisposablesCount);
        }

        Assert.True(moved.IsInvalid);
        Assert.False(kept.IsInvalid);
        kept.Dispose();
        Assert.True(kept.IsInvalid);
    }

    [Fact]
    public void Disposing_a_tensor_early_takes_it_out_of_its_scope()
    {
        using var scope = NewDisposeScope();
        var first = ones(1);
        var second = ones(1);
        var third = ones(1);
        first.Dispose();
        first.Dispose();
        Assert.Equal(2, scope.DisposablesCount);
        scope.DisposeEverythingBut(third);
        Assert.True(second.IsInvalid);
        Assert.False(third.IsInvalid);
    }

    [Fact]
    public unsafe void A_large_block_is_used_again_at_once()
    {
        nint Place()
        {
            using var large = ones([3_000_000]);
            fixed (byte* start = large.bytes) return (nint)start;
        }

        Assert.Equal(Place(), Place());
        Assert.Equal(0, Place() % 64);
    }

    [Fact]
    public void Scopes_belong_to_their_thread()
    {
        using var scope = NewDisposeScope();
        Tensor? elsewhere = null;
        Exception? refused = null;
        var thread = new Thread(() =>
        {
            elsewhere = ones(1);
            refused = Record.Exception(scope.Dispose);
        });
        thread.Start();
        thread.Join();
        Assert.Equal(0, scope.DisposablesCount);
        Assert.IsType<InvalidOperationException>(refused);
        elsewhere!.Dispose();
    }

    [Fact]
    public void Parameters_belong_to_no_scope()
    {
        Parameter parameter;
        using (NewDisposeScope()) parameter = new Parameter(ones(2));
        Assert.False(parameter.IsInvalid);
        Assert.True(parameter.is_leaf);
        Assert.True(parameter.requires_grad);
        parameter.Dispose();
    }

    [Fact]
    public void Several_threads_make_and_free_tensors_at_once()
    {
        var before = Tensor.TotalCount;
        var failures = new System.Collections.Concurrent.ConcurrentBag<Exception>();
        var threads = Enumerable.Range(0, 4).Select(number => new Thread(() =>
        {
            try
            {
                for (var i = 0; i < 500; i++)
                {
                    using var scope = NewDisposeScope();
                    Assert.Equal(number * 3, (full([3], number) + zeros(3)).sum().ToSingle());
                }
            }
            catch (Exception failure)
            {
                failures.Add(failure);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Empty(failures);
        Assert.InRange(Tensor.TotalCount, 0, before);
    }
}
