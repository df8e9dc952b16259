using PlaNet.Torch;
using static PlaNet.Torch.torch;

namespace PlaNet.Tests.Torch;

public sealed class TorchRuntimeTests
{
    [Fact]
    public void Options_are_fixed_once_libtorch_is_loaded()
    {
        using var loaded = ones(1);
        var inForce = TorchRuntime.Options;
        TorchRuntime.Configure(inForce with { });
        var late = Assert.Throws<InvalidOperationException>(() => TorchRuntime.Configure(inForce with { NativeKernels = !inForce.NativeKernels }));
        Assert.Contains("before the first tensor", late.Message, StringComparison.Ordinal);
        Assert.Equal(inForce, TorchRuntime.Options);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1025)]
    public void A_thread_count_out_of_range_is_refused(int threads)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => TorchRuntime.Configure(new TorchRuntimeOptions { Threads = threads }));
    }

    [Fact]
    public void The_diagnosis_names_the_library_its_blas_and_its_threads()
    {
        var rows = TorchRuntime.Diagnose().ToDictionary(row => row.Item, StringComparer.Ordinal);
        Assert.StartsWith(TorchRuntime.Version, rows["libtorch"].Value, StringComparison.Ordinal);
        Assert.Contains("libtorch_cpu", rows["libtorch"].Value, StringComparison.Ordinal);
        Assert.EndsWith("libplanet_torch.so", rows["shim"].Value, StringComparison.Ordinal);
        Assert.StartsWith($"{get_num_threads()} of", rows["threads"].Value, StringComparison.Ordinal);
        Assert.Equal($"{cuda.device_count()}", rows["CUDA devices"].Value);
        Assert.Null(rows["allocator"].Remedy);
        Assert.True(rows["BLAS"].Value.Contains("reference", StringComparison.Ordinal) == (rows["BLAS"].Remedy is not null));
    }
}
