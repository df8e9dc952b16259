namespace PlaNet.Tests;

/// <summary>Lets tests of agents that observe images pass the images alone.</summary>
internal static class ImagePercepts
{
    public static float[][] Act(this IPolicy policy, IReadOnlyList<byte[]> images) =>
        policy.Act([.. images.Select(image => new Percept(image, []))]);
}
