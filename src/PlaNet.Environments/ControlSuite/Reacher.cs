using PlaNet.MuJoCo;
using PlaNet.Common;

namespace PlaNet.Environments.ControlSuite;

/// <summary>Reacher: the tip of a two-link arm is to touch a target (spec, section 8).</summary>
public sealed class Reacher : ITaskDomain
{
    /// <inheritdoc />
    public IEnumerable<TaskDefinition> Tasks =>
    [
        Define("reacher_easy", "Touch a large target with the tip of a two-link arm."),
        Define("reacher_hard", "Touch a small target with the tip of a two-link arm."),
    ];

    /// <summary>Radius of a task's target, metres.</summary>
    /// <param name="task">Name of the task.</param>
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

/// <summary>The arm and its target.</summary>
public sealed class ReacherPhysics : Physics
{
    private readonly int _target;
    private readonly int _finger;
    private readonly MjArray<double> _size;
    private readonly MjArray<double> _placed;
    private readonly MjArray<double> _world;

    /// <summary>Compiles the model.</summary>
    public ReacherPhysics()
        : base("Reacher.xml", physicsSteps: 1)
    {
        _target = Model.Id(MjObject.Geom, "target");
        _finger = Model.Id(MjObject.Geom, "finger");
        _size = Model.Doubles("geom_size");
        _placed = Model.Doubles("geom_pos");
        _world = Data.Doubles("geom_xpos");
    }

    /// <summary>Radius of target and finger together, metres: the reach that counts as touching.</summary>
    public double TouchDistance => _size.Row(_target)[0] + _size.Row(_finger)[0];

    /// <summary>From the finger to the target in the plane, metres.</summary>
    public (double X, double Y) ToTarget
    {
        get
        {
            var (target, finger) = (3 * _target, 3 * _finger);
            return (_world[target] - _world[finger], _world[target + 1] - _world[finger + 1]);
        }
    }

    /// <summary>Gives the target its size in the compiled model, where the model's extent no longer depends on it.</summary>
    /// <param name="radius">Radius, metres.</param>
    public void ResizeTarget(double radius)
    {
        _size.Row(_target)[0] = radius;
    }

    /// <summary>Moves the target in the compiled model.</summary>
    /// <param name="x">Metres along x.</param>
    /// <param name="y">Metres along y.</param>
    public void MoveTarget(double x, double y)
    {
        var place = _placed.Row(_target);
        place[0] = x;
        place[1] = y;
    }

    /// <inheritdoc />
    public override double[] SaveEdits()
    {
        return [_size.Row(_target)[0], _placed.Row(_target)[0], _placed.Row(_target)[1]];
    }

    /// <inheritdoc />
    public override void RestoreEdits(double[] edits)
    {
        ArgumentNullException.ThrowIfNull(edits);
        ResizeTarget(edits[0]);
        MoveTarget(edits[1], edits[2]);
    }
}

/// <summary>Touch a target of some size.</summary>
/// <param name="targetRadius">Metres.</param>
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
