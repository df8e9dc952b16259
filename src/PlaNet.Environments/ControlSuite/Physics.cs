using System.Reflection;
using PlaNet.MuJoCo;
using PlaNet.Common;

namespace PlaNet.Environments.ControlSuite;

/// <summary>
/// A compiled model of the control suite with its simulation and the named quantities that tasks use. Controls are doubles and are not
/// clipped, as in the reference rollouts.
/// </summary>
public abstract class Physics : IDisposable
{
    private const string CommonFile = "Common.xml";

    // mjJNT_HINGE, the same in all versions of MuJoCo.
    private const int Hinge = 3;

    private readonly MjArray<int> _jointType;
    private readonly MjArray<int> _jointPosition;
    private readonly MjArray<byte> _jointLimited;
    private readonly MjArray<double> _jointRange;

    /// <summary>Compiles the model.</summary>
    /// <param name="file">Name of the MJCF file in the folder of the domain's class.</param>
    /// <param name="physicsSteps">Physics steps per control step.</param>
    protected Physics(string file, int physicsSteps)
    {
        var assets = new Dictionary<string, byte[]>(StringComparer.Ordinal) { [CommonFile] = Read(CommonFile) };
        Model = MjModel.FromXml(Read(file), assets);
        Data = new MjData(Model);
        PhysicsSteps = physicsSteps;
        _jointType = Model.Ints("jnt_type");
        _jointPosition = Model.Ints("jnt_qposadr");
        _jointLimited = Model.Bytes("jnt_limited");
        _jointRange = Model.Doubles("jnt_range");
    }

    /// <summary>The compiled model. It is not shared, because tasks edit it.</summary>
    public MjModel Model { get; }

    /// <summary>The simulation.</summary>
    public MjData Data { get; }

    /// <summary>Physics steps per control step.</summary>
    public int PhysicsSteps { get; }

    /// <summary>Starts a new episode.</summary>
    /// <param name="initialise">Edits the state. It is called after the kinematics of the default pose were computed.</param>
    public void Reset(Action initialise)
    {
        ArgumentNullException.ThrowIfNull(initialise);
        Data.Reset();
        Data.ForwardWithoutActuation();
        initialise();
        Data.ForwardWithoutActuation();
    }

    /// <summary>One control step (<c>ControlStep</c> in docs/mujoco.md).</summary>
    /// <param name="controls">One value per actuator. MuJoCo clamps the force, not the value.</param>
    /// <exception cref="MuJoCoException">The simulation became unstable; the message names MuJoCo's warning.</exception>
    public void Step(ReadOnlySpan<double> controls)
    {
        controls.CopyTo(Data.Ctrl);
        Data.ControlStep(PhysicsSteps);
    }

    /// <summary>
    /// Samples every joint's position: uniformly over its range, or over the circle for a hinge without a range.
    /// A slide joint without a range is not changed.
    /// </summary>
    /// <param name="random">Random numbers of the episode.</param>
    public void RandomiseJoints(RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var position = Data.Qpos;
        for (var joint = 0; joint < _jointType.Rows; joint++)
        {
            ref var value = ref position[_jointPosition[joint]];
            if (_jointLimited[joint] != 0)
            {
                var range = _jointRange.Row(joint);
                value = random.NextUniform(range[0], range[1]);
            }
            else if (_jointType[joint] == Hinge)
            {
                value = random.NextUniform(-Math.PI, Math.PI);
            }
        }
    }

    /// <summary>Returns the values that the task edited in the compiled model. Default: none.</summary>
    public virtual double[] SaveEdits()
    {
        return [];
    }

    /// <summary>Applies values returned by <see cref="SaveEdits"/> to the compiled model.</summary>
    /// <param name="edits">Values returned by <see cref="SaveEdits"/>.</param>
    public virtual void RestoreEdits(double[] edits)
    {
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the simulation and the model.</summary>
    /// <param name="disposing">Always true: there is no finalizer.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            Data.Dispose();
            Model.Dispose();
        }
    }

    private static byte[] Read(string file)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"Model file {file} is not embedded: put it in the folder of its domain's class.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
