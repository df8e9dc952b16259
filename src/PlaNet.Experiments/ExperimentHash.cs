using System.Security.Cryptography;
using System.Text;

namespace PlaNet.Experiments;

/// <summary>A short name for everything that decides a run's result besides its seed.</summary>
public static class ExperimentHash
{
    /// <summary>
    /// The first ten hexadecimal digits of the SHA-256 of the canonical JSON (UTF-8) without what cannot change a result, such as the name:
    /// renaming an experiment does not make it another one.
    /// </summary>
    /// <param name="experiment">The experiment to name.</param>
    /// <exception cref="ExperimentException">A number is not finite.</exception>
    public static string Of(Experiment experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        var json = ExperimentJson.Write(experiment, ExperimentOptions.All.Where(option => option.DecidesResult));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)))[..10];
    }
}
