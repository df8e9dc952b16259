namespace PlaNet.MuJoCo;

/// <summary>The MuJoCo and OpenGL libraries this process uses.</summary>
public static class MuJoCoRuntime
{
    internal const string Remedy = "Run ./build.sh --target=Setup";

    private static readonly Lazy<bool> s_ready = new(Initialise);

    /// <summary>Version of the loaded library, such as "2.2.2".</summary>
    /// <exception cref="MuJoCoException">MuJoCo or the shim is missing, or their versions differ.</exception>
    public static string Version
    {
        get
        {
            EnsureReady();
            return VersionText(Native.RuntimeVersion());
        }
    }

    /// <summary>
    /// Name of the OpenGL backend of this process: "egl-device:N", "surfaceless" or "osmesa". The first of these that works is used, unless
    /// the environment variable <c>PLANET_GL</c>, or else <c>MUJOCO_GL</c>, names one. The backend is opened on first use.
    /// </summary>
    /// <exception cref="OpenGlException">
    /// No backend works; the message lists the failed attempts. Or a variable has a wrong value.
    /// </exception>
    public static string OpenGlBackend
    {
        get
        {
            EnsureOpenGl();
            return Native.Text(Native.GlBackend());
        }
    }

    /// <summary>GL_RENDERER and GL_VERSION of the OpenGL implementation in use.</summary>
    /// <exception cref="MuJoCoException">No backend works.</exception>
    public static (string Renderer, string Version) OpenGl
    {
        get
        {
            EnsureOpenGl();
            return (Native.Text(Native.GlRenderer()), Native.Text(Native.GlVersion()));
        }
    }

    /// <summary>Lists the libraries in use. An item with a remedy is wrong or missing. Does not throw if a library is missing.</summary>
    public static IReadOnlyList<(string Item, string Value, string? Remedy)> Diagnose()
    {
        var items = new List<(string Item, string Value, string? Remedy)> { ("MuJoCo shim", NativeResolver.ShimPath(), null) };
        try
        {
            var header = Native.HeaderVersion();
            var runtime = Native.RuntimeVersion();
            items.Add(("MuJoCo headers", VersionText(header), null));
            items.Add(("MuJoCo library", VersionText(runtime), header == runtime ? null : $"{Remedy} and build again"));
            items.Add(("MuJoCo library path", Native.Text(Native.LibraryPath()), null));
            EnsureReady();
        }
        catch (Exception failure) when (failure is MuJoCoException or EntryPointNotFoundException)
        {
            items.Add(("MuJoCo", failure.Message, Remedy));
            return items;
        }

        try
        {
            items.Add(("OpenGL backend", OpenGlBackend, null));
            items.Add(("GL_VERSION", OpenGl.Version, null));
            items.Add(("GL_RENDERER", OpenGl.Renderer, null));
        }
        catch (MuJoCoException failure)
        {
            var remedy = failure.Message.Contains(Remedy, StringComparison.Ordinal) ? Remedy : "Change the variable";
            items.Add(("OpenGL", failure.Message, remedy));
        }

        return items;
    }

    /// <summary>Checks the variables that choose the OpenGL backend, without opening it.</summary>
    /// <exception cref="OpenGlException">A variable has a wrong value.</exception>
    public static void CheckOpenGlChoice() => _ = ChosenOpenGl();

    internal static void EnsureReady()
    {
        _ = s_ready.Value;
    }

    internal static void EnsureOpenGl()
    {
        EnsureReady();
        var choice = ChosenOpenGl();
        if (Native.OpenGl(choice.Backend) < 0)
        {
            var only = choice.Reason is { } reason ? $" ({reason}, so no other is tried)" : "";
            throw new OpenGlException($"{Native.LastError}{only}. {Remedy}.");
        }
    }

    private static OpenGlChoice ChosenOpenGl() =>
        OpenGlChoice.Of(Environment.GetEnvironmentVariable("PLANET_GL"), Environment.GetEnvironmentVariable("MUJOCO_GL"));

    private static bool Initialise()
    {
        if (Native.Initialise() < 0)
        {
            throw new MuJoCoException($"{Native.LastError}. {Remedy} and build again.");
        }

        return true;
    }

    private static string VersionText(int version)
    {
        return version < 1000 ? $"{version / 100}.{version / 10 % 10}.{version % 10}" : $"{version}";
    }
}
