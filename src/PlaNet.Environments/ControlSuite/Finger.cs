using PlaNet.MuJoCo;
using PlaNet.Common;

namespace PlaNet.Environments.ControlSuite;

/// <summary>Finger: a two-link finger is to spin a free body (spec, section 10).</summary>
public sealed class Finger : ITaskDomain
{
    /// <inheritdoc />
    public IEnumerable<TaskDefinition> Tasks =>
    [
        new TaskDefinition(
            "finger_spin",
            "finger",
            "Spin a free body with a finger.",
            ActionRepeat: 2,
            ActionSize: 2,
            _ => new SuiteEnvironment<FingerPhysics>("finger_spin", new FingerPhysics(), new FingerTask())),
    ];
}

/// <summary>The finger and the spinner.</summary>
public sealed class FingerPhysics : Physics
{
    // Places of the sensors in the readings, in the order of the model.
    private const int Joints = 0;
    private const int Velocities = 2;
    private const int Tip = 5;
    private const int Spinner = 11;
    private const int Touch = 14;

    /// <summary>Compiles the model.</summary>
    public FingerPhysics()
        : base("Finger.xml", physicsSteps: 2)
    {
    }

    /// <summary>Angular velocity of the spinner, rad/s; spinning is negative.</summary>
    public double HingeVelocity => Data.SensorData[Velocities + 2];

    /// <summary>Angles of proximal and distal joint, then where the spinner's tip is from its axis (x, z).</summary>
    /// <param name="values">Takes four values: radians, metres.</param>
    public void ReadPosition(Span<double> values)
    {
        var sensors = Data.SensorData;
        values[0] = sensors[Joints];
        values[1] = sensors[Joints + 1];
        values[2] = sensors[Tip] - sensors[Spinner];
        values[3] = sensors[Tip + 2] - sensors[Spinner + 2];
    }

    /// <summary>Angular velocities of proximal joint, distal joint and spinner, rad/s.</summary>
    /// <param name="values">Takes three values.</param>
    public void ReadVelocity(Span<double> values)
    {
        Data.SensorData.Slice(Velocities, 3).CopyTo(values);
    }

    /// <summary>Touch at the fingertip's upper and lower side, as ln(1 + force in newtons).</summary>
    /// <param name="values">Takes two values.</param>
    public void ReadTouch(Span<double> values)
    {
        values[0] = double.LogP1(Data.SensorData[Touch]);
        values[1] = double.LogP1(Data.SensorData[Touch + 1]);
    }

    /// <summary>Edits the compiled model for spinning: the hinge turns more easily, and the marks of the turning task disappear.</summary>
    public void PrepareSpin()
    {
        var hinge = Model.Ints("jnt_dofadr")[Model.Id(MjObject.Joint, "hinge")];
        Model.Doubles("dof_damping")[hinge] = 0.03;
        var colours = Model.Floats("site_rgba");
        colours.Row(Model.Id(MjObject.Site, "target"))[3] = 0;
        colours.Row(Model.Id(MjObject.Site, "tip"))[3] = 0;
    }

    /// <inheritdoc />
    public override void RestoreEdits(double[] edits)
    {
        PrepareSpin();
    }
}

/// <summary>Spin.</summary>
internal sealed class FingerTask : SuiteTask<FingerPhysics>
{
    private const double SpinVelocity = -15;
    private const int Attempts = 1000;

    public override IReadOnlyList<Observable<FingerPhysics>> Observables { get; } =
    [
        new("position", 4, (physics, values) => physics.ReadPosition(values)),
        new("velocity", 3, (physics, values) => physics.ReadVelocity(values)),
        new("touch", 2, (physics, values) => physics.ReadTouch(values)),
    ];

    public override void Initialise(FingerPhysics physics, RandomStream random)
    {
        physics.PrepareSpin();
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            physics.RandomiseJoints(random);
            physics.Data.ForwardWithoutActuation();
            if (physics.Data.ContactCount == 0)
            {
                return;
            }
        }

        throw new InvalidOperationException($"No start of finger_spin without contact was found in {Attempts} attempts.");
    }

    public override double Reward(FingerPhysics physics)
    {
        return physics.HingeVelocity <= SpinVelocity ? 1 : 0;
    }
}
