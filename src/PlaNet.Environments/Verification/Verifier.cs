using System.Text.Json;

namespace PlaNet.Environments.Verification;

/// <summary>Compares this installation's tasks with what was recorded from the original ones: model, physics, rewards, resets, frames.</summary>
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

    /// <summary>What can be compared.</summary>
    public static IReadOnlyList<string> Parts { get; } = [.. s_parts.Select(part => part.Name)];

    /// <summary>Compares one part, file by file, as the result is read.</summary>
    /// <param name="part">One of <see cref="Parts"/>.</param>
    /// <param name="folder">What was recorded.</param>
    /// <exception cref="ArgumentException">There is no such part.</exception>
    /// <exception cref="ReferenceDataException">A file is missing or malformed.</exception>
    /// <exception cref="MuJoCo.MuJoCoException">MuJoCo, or for frames OpenGL, is missing.</exception>
    public static IEnumerable<FileComparison> Run(string part, ReferenceFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var found = Array.Find(s_parts, candidate => candidate.Name == part);
        return found.Run is not null
            ? Guarded(part, found.Run(folder))
            : throw new ArgumentException($"There is nothing called '{part}' to verify; there are {string.Join(", ", Parts)}.", nameof(part));
    }

    // A JSON file that lacks a member is as unusable as one that is no JSON.
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
            catch (Exception failure) when (failure is KeyNotFoundException or InvalidOperationException or FormatException or JsonException)
            {
                throw new ReferenceDataException($"The recorded {part} lack something or hold it in another form: {failure.Message}", failure);
            }

            yield return files.Current;
        }
    }
}
