using System.Runtime.ExceptionServices;
using PlaNet.Loading;

namespace PlaNet.Planning;

/// <summary>
/// Computes on blocks of rows side by side, each with one thread of libtorch. For the products of a planner that is faster than all threads
/// on every product in turn: they need not wait for one another after each (docs/performance.md).
/// </summary>
internal static class RowBlocks
{
    /// <summary>A block has at least so many rows; the products of fewer rows are too short to hand over to another thread.</summary>
    public const int MinimumRows = 256;

    /// <summary>
    /// The result for all rows. On a device other than the CPU, with gradients, with one thread or with few rows it is computed at once.
    /// </summary>
    /// <param name="threads">Largest number of blocks.</param>
    /// <param name="compute">From rows of the inputs, [rows, ...], to those of the result, [rows, ...]; called on several threads.</param>
    /// <param name="inputs">Tensors with the same number of rows.</param>
    public static Tensor Map(int threads, Func<Tensor[], Tensor> compute, params Tensor[] inputs)
    {
        var rows = inputs[0].shape[0];
        var blocks = (int)Math.Min(threads, rows / MinimumRows);
        if (blocks < 2 || is_grad_enabled() || inputs[0].device_type != DeviceType.CPU)
        {
            return compute(inputs);
        }

        var results = new Tensor[blocks];
        var before = get_num_threads();
        try
        {
            Parallel.For(0, blocks, new ParallelOptions { MaxDegreeOfParallelism = blocks }, block =>
            {
                TorchRuntime.UseThreads(1);
                using var noGrad = no_grad();
                using var scope = NewDisposeScope();
                var (first, next) = (rows * block / blocks, rows * (block + 1) / blocks);
                results[block] = compute([.. inputs.Select(input => input.narrow(0, first, next - first))]).DetachFromDisposeScope();
            });
            return cat(results, 0);
        }
        catch (AggregateException failures)
        {
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
            throw;
        }
        finally
        {
            TorchRuntime.UseThreads(before);
            foreach (var result in results)
            {
                result?.Dispose();
            }
        }
    }
}
