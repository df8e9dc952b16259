using PlaNet.Experiments;

namespace PlaNet.Cluster.Collectors;

/// <summary>What a process settles for its whole life when it loads the tensor library, as text that two processes can compare.</summary>
internal static class ComputeKind
{
    /// <summary>The text of an experiment's options.</summary>
    /// <param name="compute">The options.</param>
    public static string Of(ComputeOptions compute) => $"threads {compute.Threads}, native kernels {compute.NativeKernels}";
}
