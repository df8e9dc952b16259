using PlaNet.Common;
using PlaNet.Experiments;
using PlaNet.Runs.Settings;

namespace PlaNet.Runs.Playing;

/// <summary>
/// The certificates with which this process connects to environments at an address (<see cref="TaskOptions.Address"/>). They belong to the
/// machine, as its backend of OpenGL does, and are the same for all runs of a process.
/// </summary>
public static class EnvironmentCertificates
{
    private static Lazy<MachineCertificates?> s_certificates = new(() => null);

    /// <summary>Names the settings of this process. They are not read before the first connection.</summary>
    /// <param name="settings">Reads the settings; without certificates, only addresses of this machine can be used.</param>
    public static void Use(Func<TlsSettings> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        s_certificates = new Lazy<MachineCertificates?>(() => settings().Load());
    }

    /// <summary>The certificates; null for none.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">See <see cref="MachineCertificates.Load"/>.</exception>
    internal static MachineCertificates? Load() => s_certificates.Value;
}
