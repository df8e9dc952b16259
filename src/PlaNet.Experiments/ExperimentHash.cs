using System.Security.Cryptography;
using System.Text;

namespace PlaNet.Experiments;

/// <summary>A hash of all options that can change a run's result.</summary>
public static class ExperimentHash
{
    /// <summary>
    /// The first ten hexadecimal digits of the SHA-256 of the canonical JSON (UTF-8). Options that cannot change a result, such as the
    /// name, are left out, so a renamed experiment keeps its hash; options of later versions are left out at their default.
    /// </summary>
    /// <exception cref="ExperimentException">A number is not finite.</exception>
    public static string Of(Experiment experiment)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        var json = ExperimentJson.Write(experiment, ExperimentOptions.All.Where(option => option.IsHashed(experiment)));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)))[..10];
    }
}
