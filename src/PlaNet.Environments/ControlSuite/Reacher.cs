using PlaNet.MuJoCo;
using PlaNet.Common;

namespace PlaNet.Environments.ControlSuite;

/// <summary>Reacher: touch a target with the tip of a two-link arm (docs/tasks.md, "Rewards and start states").</summary>
public sealed class Reacher : ITaskDomain
{
    /// <inheritdoc />
    public IEnumerable<TaskDefinition> Tasks =>
    [
        Define("reacher_easy", "Touch a large target with the tip of a two-link arm."),
        Define("reacher_hard", "Touch a small target with the tip of a two-link arm."),
    ];

    /// <summary>Radius of the target in metres: 0.05 for reacher_easy, otherwise 0.015.</summary>
    internal static double TargetRadius(string task)
    {
        return task == "reacher_easy" ? 0.05 : 0.015;
    }

    private static TaskDefinition Define(string name, string description)
    {
        return new TaskDefinition(
            name,
            "reacher",
            description,
            ActionRepeat: 4,
            ActionSize: 2,
            _ => new SuiteEnvironment<ReacherPhysics>(name, new ReacherPhysics(), new ReacherTask(TargetRadius(name))));
    }
}

/// <summary>Physics of the arm and the target.</summary>
public sealed class ReacherPhysics : Physics
{
    private readonly int _target;
    private readonly int _finger;
    private readonly MjArray<double> _geomSize;
    private readonly MjArray<double> _geomPosition;
    private readonly MjArray<double> _geomWorld;

    /// <summary>Compiles the model.</summary>
    public ReacherPhysics()
        : base("Reacher.xml", physicsSteps: 1)
    {
        _target = Model.Id(MjObject.Geom, "target");
        _finger = Model.Id(MjObject.Geom, "finger");
        _geomSize = Model.Doubles("geom_size");
        _geomPosition = Model.Doubles("geom_pos");
        _geomWorld = Data.Doubles("geom_xpos");
    }

    /// <summary>Sum of the radii of target and finger, metres: at this distance they touch.</summary>
    public double TouchDistance => _geomSize.Row(_target)[0] + _geomSize.Row(_finger)[0];

    /// <summary>Vector from the finger to the target in the plane, metres.</summary>
    public (double X, double Y) ToTarget
    {
        get
        {
            var (target, finger) = (3 * _target, 3 * _finger);
            return (_geomWorld[target] - _geomWorld[finger], _geomWorld[target + 1] - _geomWorld[finger + 1]);
        }
    }

    /// <summary>Sets the target's size after compilation, so that the extent of the model does not depend on it.</summary>
    /// <param name="radius">Radius, metres.</param>
    public void ResizeTarget(double radius)
    {
        _geomSize.Row(_target)[0] = radius;
    }

    /// <summary>Moves the target in the compiled model.</summary>
    /// <param name="x">Metres along x.</param>
    /// <param name="y">Metres along y.</param>
    public void MoveTarget(double x, double y)
    {
        var position = _geomPosition.Row(_target);
        position[0] = x;
        position[1] = y;
    }

    /// <inheritdoc />
    public override double[] SaveEdits()
    {
        return [_geomSize.Row(_target)[0], _geomPosition.Row(_target)[0], _geomPosition.Row(_target)[1]];
    }

    /// <inheritdoc />
    public override void RestoreEdits(double[] edits)
    {
        ArgumentNullException.ThrowIfNull(edits);
        ResizeTarget(edits[0]);
        MoveTarget(edits[1], edits[2]);
    }
}

/// <summary>Reward 1 while the finger touches the target.</summary>
/// <param name="targetRadius">Radius of the target, metres.</param>
internal sealed class ReacherTask(double targetRadius) : SuiteTask<ReacherPhysics>
{
    public override IReadOnlyList<Observable<ReacherPhysics>> Observables { get; } =
    [
        new("position", 2, (physics, values) => physics.Data.Qpos.CopyTo(values)),
        new("to_target", 2, (physics, values) =>
        {
            values[0] = physics.ToTarget.X;
            values[1] = physics.ToTarget.Y;
        }),
        new("velocity", 2, (physics, values) => physics.Data.Qvel.CopyTo(values)),
    ];

    public override void Initialise(ReacherPhysics physics, RandomStream random)
    {
        physics.ResizeTarget(targetRadius);
        physics.RandomiseJoints(random);
        var angle = random.NextUniform(0, 2 * Math.PI);
        var distance = random.NextUniform(0.05, 0.20);
        physics.MoveTarget(distance * Math.Sin(angle), distance * Math.Cos(angle));
    }

    public override double Reward(ReacherPhysics physics)
    {
        var (x, y) = physics.ToTarget;
        return Rewards.Tolerance(Math.Sqrt((x * x) + (y * y)), 0, physics.TouchDistance);
    }
}
