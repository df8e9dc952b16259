using System.Runtime.InteropServices;
using System.Text;

namespace PlaNet.MuJoCo;

/// <summary>
/// A compiled MuJoCo model. Its arrays are found by their names in mjModel and may be edited in place. Do not share a model that is edited
/// at run time between environments.
/// </summary>
/// <remarks>Several threads may simulate with one model as long as no thread edits it.</remarks>
public sealed class MjModel : IDisposable
{
    private MjModel(ModelHandle handle, string? warning)
    {
        Handle = handle;
        LoadWarning = warning;
        TimestepView = Doubles("opt.timestep");
    }

    /// <summary>Warning of the model compiler, or null.</summary>
    public string? LoadWarning { get; }

    /// <summary>Physics time step, seconds.</summary>
    public double Timestep
    {
        get => TimestepView[0];
        set => TimestepView[0] = value;
    }

    /// <summary>Number of generalised coordinates, nq.</summary>
    public int PositionCount => Size("nq");

    /// <summary>Number of degrees of freedom, nv.</summary>
    public int VelocityCount => Size("nv");

    /// <summary>Number of actuators, nu.</summary>
    public int ControlCount => Size("nu");

    internal ModelHandle Handle { get; }

    private MjArray<double> TimestepView { get; }

    /// <summary>Compiles MJCF.</summary>
    /// <param name="xml">MJCF.</param>
    /// <param name="assets">Contents of referenced files, by name: included MJCF, meshes, textures. Default none.</param>
    /// <exception cref="MuJoCoException">
    /// The text is malformed or violates a rule of MJCF (the message names the line), or MuJoCo is missing.
    /// </exception>
    public static MjModel FromXml(string xml, IReadOnlyDictionary<string, byte[]>? assets = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(xml);
        return FromXml(Encoding.UTF8.GetBytes(xml), assets);
    }

    /// <summary>Compiles MJCF given as UTF-8 bytes.</summary>
    /// <param name="xml">MJCF in UTF-8.</param>
    /// <param name="assets">Contents of referenced files, by name: included MJCF, meshes, textures. Default none.</param>
    /// <exception cref="MuJoCoException">
    /// The text is malformed or violates a rule of MJCF (the message names the line), or MuJoCo is missing.
    /// </exception>
    public static MjModel FromXml(ReadOnlySpan<byte> xml, IReadOnlyDictionary<string, byte[]>? assets = null)
    {
        MuJoCoRuntime.EnsureReady();
        var files = new List<(string Name, byte[] Content)> { ("model.xml", xml.ToArray()) };
        foreach (var (name, content) in assets ?? new Dictionary<string, byte[]>(StringComparer.Ordinal))
        {
            files.Add((name, content));
        }

        return Compile(files);
    }

    /// <summary>Finds a size of the model by its name in mjModel, such as "ngeom".</summary>
    /// <exception cref="MuJoCoException">There is no such size.</exception>
    public int Size(string name)
    {
        Native.Check(Native.ModelSize(Handle, name, out var value));
        return value;
    }

    /// <summary>Number of objects of a kind.</summary>
    public int Count(MjObject kind)
    {
        return Size(kind switch
        {
            MjObject.Body => "nbody",
            MjObject.Joint => "njnt",
            MjObject.Geom => "ngeom",
            MjObject.Site => "nsite",
            MjObject.Camera => "ncam",
            MjObject.Light => "nlight",
            MjObject.Texture => "ntex",
            MjObject.Material => "nmat",
            MjObject.Tendon => "ntendon",
            MjObject.Actuator => "nu",
            MjObject.Sensor => "nsensor",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "The kind must be a member of MjObject."),
        });
    }

    /// <summary>Index of an object among those of its kind, by its name in the MJCF.</summary>
    /// <exception cref="MuJoCoException">No object of this kind has this name; the message lists the existing names.</exception>
    public int Id(MjObject kind, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var id = Native.ModelId(Handle, KindName(kind), name);
        return id >= 0
            ? id
            : throw new MuJoCoException($"The model has no {KindName(kind)} named '{name}'. Use one of: {string.Join(", ", Names(kind))}.");
    }

    /// <summary>Names of all objects of a kind, in model order; an empty string for an unnamed object.</summary>
    public IReadOnlyList<string> Names(MjObject kind)
    {
        return [.. Enumerable.Range(0, Count(kind)).Select(id => Native.Text(Native.ModelName(Handle, KindName(kind), id)))];
    }

    /// <summary>Finds an array of doubles by its name in mjModel, such as "geom_size", "opt.gravity" or "stat.extent".</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="MuJoCoException">There is no such array, or its element type is not double.</exception>
    public MjArray<double> Doubles(string name)
    {
        return View<double>(name);
    }

    /// <summary>Finds an array of floats, such as "geom_rgba" or "vis.map.znear"; see <see cref="Doubles"/>.</summary>
    /// <param name="name">The name.</param>
    public MjArray<float> Floats(string name)
    {
        return View<float>(name);
    }

    /// <summary>Finds an array of integers, such as "jnt_type" or "opt.disableflags"; see <see cref="Doubles"/>.</summary>
    /// <param name="name">The name.</param>
    public MjArray<int> Ints(string name)
    {
        return View<int>(name);
    }

    /// <summary>Finds an array of bytes, such as "jnt_limited" or "tex_rgb"; see <see cref="Doubles"/>.</summary>
    /// <param name="name">The name.</param>
    public MjArray<byte> Bytes(string name)
    {
        return View<byte>(name);
    }

    /// <summary>Element type of an array, which decides the accessor to use.</summary>
    /// <param name="name">Name of the array; see <see cref="Doubles"/>.</param>
    /// <exception cref="MuJoCoException">There is no such array.</exception>
    public MjElement ElementType(string name)
    {
        Native.Check(Native.ModelView(Handle, name, out var view));
        return view.Type switch
        {
            0 => MjElement.Double,
            1 => MjElement.Float,
            2 => MjElement.Int,
            _ => MjElement.Byte,
        };
    }

    /// <summary>Frees the model. Its data must not be used afterwards.</summary>
    public void Dispose()
    {
        Handle.Dispose();
    }

    private static string KindName(MjObject kind)
    {
        return kind.ToString().ToLowerInvariant();
    }

    private static unsafe MjModel Compile(List<(string Name, byte[] Content)> files)
    {
        const int WarningSize = 2048;
        var warning = stackalloc byte[WarningSize];
        var names = new byte*[files.Count];
        var contents = new byte*[files.Count];
        var sizes = files.Select(file => file.Content.Length).ToArray();
        var pins = new List<GCHandle>();
        try
        {
            for (var i = 0; i < files.Count; i++)
            {
                names[i] = Pin(Encoding.UTF8.GetBytes(files[i].Name + '\0'), pins);
                contents[i] = Pin(files[i].Content, pins);
            }

            fixed (byte** namesAt = names, contentsAt = contents)
            fixed (int* sizesAt = sizes)
            {
                Native.Check(Native.LoadModel(files.Count, namesAt, contentsAt, sizesAt, warning, WarningSize, out var handle));
                var text = Native.Text((nint)warning);
                return new MjModel(handle, text.Length == 0 ? null : text);
            }
        }
        finally
        {
            pins.ForEach(pin => pin.Free());
        }
    }

    private static unsafe byte* Pin(byte[] bytes, List<GCHandle> pins)
    {
        var pin = GCHandle.Alloc(bytes, GCHandleType.Pinned);
        pins.Add(pin);
        return (byte*)pin.AddrOfPinnedObject();
    }

    private MjArray<T> View<T>(string name)
        where T : unmanaged
    {
        Native.Check(Native.ModelView(Handle, name, out var view));
        return MjArray<T>.From(Handle, name, view);
    }
}
