using System.Globalization;

namespace PlaNet.MuJoCo;

/// <summary>The backend that a variable chooses: <c>PLANET_GL</c>, or else <c>MUJOCO_GL</c>, the variable of dm_control.</summary>
/// <param name="Backend">The backend for the native library; null: the first that works.</param>
/// <param name="Reason">The variable and its value, such as "MUJOCO_GL is egl"; null without one.</param>
internal readonly record struct OpenGlChoice(string? Backend, string? Reason)
{
    private const string Backends = "egl, egl-device, egl-device:N, surfaceless or osmesa";

    /// <summary>Reads the values of both variables; null or empty if they are not set.</summary>
    /// <exception cref="OpenGlException">A value is unknown, or turns rendering off.</exception>
    public static OpenGlChoice Of(string? planet, string? mujoco)
    {
        if (!string.IsNullOrWhiteSpace(planet))
        {
            return IsBackend(planet)
                ? new OpenGlChoice(planet, $"PLANET_GL is {planet}")
                : throw new OpenGlException($"PLANET_GL is '{planet}' but must be {Backends}.");
        }

        // dm_control and mujoco ignore capitals.
        var value = (mujoco ?? "").Trim().ToLowerInvariant();
        return value switch
        {
            "" => default,
            "egl" or "osmesa" => new OpenGlChoice(value, $"MUJOCO_GL is {value}"),

            // Both open a window, which is never needed here.
            "glfw" or "on" or "enable" or "enabled" or "true" or "1" => default,
            "off" or "disable" or "disabled" or "false" or "0" => throw new OpenGlException(
                $"MUJOCO_GL is '{mujoco}', which turns rendering off, but images are needed: unset it, or set PLANET_GL to {Backends}."),
            _ => throw new OpenGlException(
                $"MUJOCO_GL is '{mujoco}' but must be egl, osmesa, glfw or off: change it, or set PLANET_GL to {Backends}."),
        };
    }

    private static bool IsBackend(string value)
    {
        const string Device = "egl-device:";
        return value is "egl" or "egl-device" or "surfaceless" or "osmesa"
            || (value.StartsWith(Device, StringComparison.Ordinal)
                && int.TryParse(value[Device.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out _));
    }
}
