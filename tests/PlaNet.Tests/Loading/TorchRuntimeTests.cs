using System.Globalization;
using PlaNet.Experiments;
using PlaNet.Loading;
using static TorchSharp.torch;

namespace PlaNet.Tests.Loading;

// The configuration applies to the whole process, so these tests use one thread, as all others do.
[Collection(nameof(Alone))]
public sealed class TorchRuntimeTests
{
    private static readonly ComputeOptions s_options = new() { Threads = 1, NativeKernels = false };

    [Fact]
    public void Equal_options_can_be_configured_again_and_different_ones_are_refused_naming_both()
    {
        TorchRuntime.Configure(s_options);
        TorchRuntime.Configure(s_options with { ActingThreads = 7 });
        Assert.Equal(1, get_num_threads());
        var refused = Assert.Throws<InvalidOperationException>(
            () => TorchRuntime.Configure(new ComputeOptions { Threads = 3, NativeKernels = true }));
        Assert.Contains("1 thread(s) and native kernels off", refused.Message, StringComparison.Ordinal);
        Assert.Contains("3 thread(s) and native kernels on", refused.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => TorchRuntime.Configure(s_options with { NativeKernels = true }));
        Assert.Equal(1, get_num_threads());
    }

    [Fact]
    public void Native_kernels_cannot_be_chosen_after_the_first_matrix_product()
    {
        Assert.True(LibTorch.MklOverrideLoaded);
        using var scope = NewDisposeScope();
        _ = ones(64, 64).mm(ones(64, 64));
        Assert.False(LibTorch.UseNativeKernels());
    }

    [Fact]
    public void A_device_is_returned_or_refused_with_the_remedy_and_never_substituted()
    {
        Assert.Equal(DeviceType.CPU, TorchRuntime.DeviceOf("cpu").type);
        var unknown = Assert.Throws<NotSupportedException>(() => TorchRuntime.DeviceOf("tpu"));
        Assert.Contains("'tpu'. Use cpu or cuda.", unknown.Message, StringComparison.Ordinal);
        if (LibTorch.Backend == "cpu")
        {
            var absent = Assert.Throws<NotSupportedException>(() => TorchRuntime.DeviceOf("cuda"));
            Assert.Contains("dotnet build PlaNet.sln -c Release -p:TorchBackend=cuda", absent.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_diagnosis_has_a_row_for_each_part_and_no_remedy_where_nothing_is_missing()
    {
        TorchRuntime.Configure(s_options);
        var rows = TorchRuntime.Diagnose();
        Assert.Equal(
            ["TorchSharp", "libtorch", "C++ library", "matrix kernels", "matrix product", "threads", "CUDA devices", "allocator"],
            rows.Select(row => row.Item));
        Assert.All(rows, row => Assert.NotEmpty(row.Value));
        Assert.All(rows.Where(row => row.Item != "CUDA devices" || LibTorch.Backend == "cpu"), row => Assert.Null(row.Remedy));
        string Value(string item) => rows.Single(row => row.Item == item).Value;
        Assert.Contains($"{LibTorch.Backend} build", Value("libtorch"), StringComparison.Ordinal);
        Assert.StartsWith("1 of ", Value("threads"), StringComparison.Ordinal);
        Assert.True(double.Parse(Value("matrix product").Split(' ')[0], CultureInfo.InvariantCulture) > 1);
        Assert.Equal(LibTorch.PatchedWrapper is not null, Value("C++ library").Contains("GLIBCXX", StringComparison.Ordinal));
    }
}
