using PlaNet.MuJoCo;
using PlaNet.Common;

namespace PlaNet.Environments.ControlSuite;

/// <summary>Finger: spin a free body with a two-link finger (docs/tasks.md, "Rewards and start states").</summary>
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

/// <summary>Physics of the finger and the spinner.</summary>
public sealed class FingerPhysics : Physics
{
    // Indices of the sensors in sensordata, in the order of the model.
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

    /// <summary>Angular velocity of the spinner, rad/s; negative in the rewarded direction.</summary>
    public double HingeVelocity => Data.SensorData[Velocities + 2];

    /// <summary>Angles of the proximal and distal joints, then the position of the spinner's tip relative to its axis (x, z).</summary>
    /// <param name="values">Receives four values: two in radians, two in metres.</param>
    public void ReadPosition(Span<double> values)
    {
        var sensors = Data.SensorData;
        values[0] = sensors[Joints];
        values[1] = sensors[Joints + 1];
        values[2] = sensors[Tip] - sensors[Spinner];
        values[3] = sensors[Tip + 2] - sensors[Spinner + 2];
    }

    /// <summary>Angular velocities of proximal joint, distal joint and spinner, rad/s.</summary>
    /// <param name="values">Receives three values.</param>
    public void ReadVelocity(Span<double> values)
    {
        Data.SensorData.Slice(Velocities, 3).CopyTo(values);
    }

    /// <summary>Touch sensors on the upper and lower side of the fingertip, as ln(1 + force in newtons).</summary>
    /// <param name="values">Receives two values.</param>
    public void ReadTouch(Span<double> values)
    {
        values[0] = double.LogP1(Data.SensorData[Touch]);
        values[1] = double.LogP1(Data.SensorData[Touch + 1]);
    }

    /// <summary>Edits the compiled model for the spin task: reduces the hinge damping and hides the sites of the turn tasks.</summary>
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

/// <summary>Reward 1 while the spinner turns at 15 rad/s or faster in the negative direction.</summary>
internal sealed class FingerTask : SuiteTask<FingerPhysics>
{
    private const double SpinVelocity = -15;
    private const int MaxAttempts = 1000;

    public override IReadOnlyList<Observable<FingerPhysics>> Observables { get; } =
    [
        new("position", 4, (physics, values) => physics.ReadPosition(values)),
        new("velocity", 3, (physics, values) => physics.ReadVelocity(values)),
        new("touch", 2, (physics, values) => physics.ReadTouch(values)),
    ];

    public override void Initialise(FingerPhysics physics, RandomStream random)
    {
        physics.PrepareSpin();
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            physics.RandomiseJoints(random);
            physics.Data.ForwardWithoutActuation();
            if (physics.Data.ContactCount == 0)
            {
                return;
            }
        }

        throw new InvalidOperationException(
            $"No initial state of finger_spin without contact was found in {MaxAttempts} attempts: reset with another seed.");
    }

    public override double Reward(FingerPhysics physics)
    {
        return physics.HingeVelocity <= SpinVelocity ? 1 : 0;
    }
}
