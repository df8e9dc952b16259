namespace PlaNet.Cluster.Nodes;

/// <summary>The CUDA devices of the machine, by the names that <c>CUDA_VISIBLE_DEVICES</c> takes.</summary>
public static class CudaDevices
{
    private const string Driver = "/proc/driver/nvidia/gpus";

    /// <summary>The devices that this process may use; empty without an NVIDIA driver.</summary>
    public static IReadOnlyList<string> Visible()
    {
        if (Environment.GetEnvironmentVariable("CUDA_VISIBLE_DEVICES") is { } given)
        {
            return given.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }

        return Directory.Exists(Driver)
            ? [.. Enumerable.Range(0, Directory.GetDirectories(Driver).Length).Select(device => $"{device}")]
            : [];
    }
}
