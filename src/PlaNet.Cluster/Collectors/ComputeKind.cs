using PlaNet.Experiments;

namespace PlaNet.Cluster.Collectors;

/// <summary>The compute options that a process fixes when it loads the tensor library, as text that two processes can compare.</summary>
internal static class ComputeKind
{
    public static string Of(ComputeOptions compute) => $"threads {compute.Threads}, native kernels {compute.NativeKernels}";
}
