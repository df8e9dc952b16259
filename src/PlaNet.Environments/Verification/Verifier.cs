using System.Text.Json;

namespace PlaNet.Environments.Verification;

/// <summary>Compares this installation's tasks with data recorded from the original ones.</summary>
public static class Verifier
{
    private static readonly (string Name, Func<ReferenceFolder, IEnumerable<FileComparison>> Run)[] s_parts =
    [
        ("models", ModelVerification.Run),
        ("physics", PhysicsVerification.Run),
        ("rewards", RewardVerification.Run),
        ("resets", ResetVerification.Run),
        ("frames", FrameVerification.Run),
    ];

    /// <summary>Names of the parts that can be compared: models, physics, rewards, resets, frames.</summary>
    public static IReadOnlyList<string> Parts { get; } = [.. s_parts.Select(part => part.Name)];

    /// <summary>Compares one part. Files are compared lazily, as the result is enumerated.</summary>
    /// <param name="part">One of <see cref="Parts"/>.</param>
    /// <param name="folder">The recorded data.</param>
    /// <exception cref="ArgumentException">There is no such part.</exception>
    /// <exception cref="ReferenceDataException">A file is missing or malformed.</exception>
    /// <exception cref="MuJoCo.MuJoCoException">MuJoCo is missing, or OpenGL is missing and frames are compared.</exception>
    public static IEnumerable<FileComparison> Run(string part, ReferenceFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var found = Array.Find(s_parts, candidate => candidate.Name == part);
        return found.Run is not null
            ? Guarded(part, found.Run(folder))
            : throw new ArgumentException($"There is no part '{part}' to verify. Use one of: {string.Join(", ", Parts)}.");
    }

    // Accessing a missing or ill-typed JSON member throws exceptions whose texts do not name the file.
    private static IEnumerable<FileComparison> Guarded(string part, IEnumerable<FileComparison> comparisons)
    {
        using var files = comparisons.GetEnumerator();
        while (true)
        {
            try
            {
                if (!files.MoveNext())
                {
                    yield break;
                }
            }
            catch (Exception failure)
                when (failure is KeyNotFoundException or InvalidOperationException or FormatException or JsonException)
            {
                throw new ReferenceDataException(
                    $"A recorded JSON file of part '{part}' lacks a member or holds a value of the wrong type: restore the recorded files "
                    + "(docs/tasks.md).",
                    failure);
            }

            yield return files.Current;
        }
    }
}
