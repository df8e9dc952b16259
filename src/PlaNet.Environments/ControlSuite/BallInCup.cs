using PlaNet.MuJoCo;
using PlaNet.Common;

namespace PlaNet.Environments.ControlSuite;

/// <summary>Ball in cup: catch a ball on a string with a cup (docs/tasks.md, "Rewards and start states").</summary>
public sealed class BallInCup : ITaskDomain
{
    /// <inheritdoc />
    public IEnumerable<TaskDefinition> Tasks =>
    [
        new TaskDefinition(
            "cup_catch",
            "ball_in_cup",
            "Swing a ball on a string into a cup.",
            ActionRepeat: 4,
            ActionSize: 2,
            _ => new SuiteEnvironment<BallInCupPhysics>("cup_catch", new BallInCupPhysics(), new BallInCupTask())),
    ];
}

/// <summary>Physics of the cup and the ball.</summary>
public sealed class BallInCupPhysics : Physics
{
    private readonly int _ballBody;
    private readonly int _ballGeom;
    private readonly int _target;
    private readonly MjArray<double> _siteWorld;
    private readonly MjArray<double> _siteSize;
    private readonly MjArray<double> _geomSize;

    /// <summary>Compiles the model.</summary>
    public BallInCupPhysics()
        : base("BallInCup.xml", physicsSteps: 10)
    {
        _ballBody = Model.Id(MjObject.Body, "ball");
        _ballGeom = Model.Id(MjObject.Geom, "ball");
        _target = Model.Id(MjObject.Site, "target");
        _siteWorld = Data.Doubles("site_xpos");
        _siteSize = Model.Doubles("site_size");
        _geomSize = Model.Doubles("geom_size");
    }

    /// <summary>Whether the whole ball is inside the target box of the cup, in the x-z plane.</summary>
    public bool BallInTarget => Inside(0) && Inside(2);

    private bool Inside(int axis)
    {
        var distance = Math.Abs(_siteWorld.Row(_target)[axis] - Data.Xpos[(3 * _ballBody) + axis]);
        return distance < _siteSize.Row(_target)[axis] - _geomSize.Row(_ballGeom)[0];
    }
}

/// <summary>Reward 1 while the ball is in the cup.</summary>
internal sealed class BallInCupTask : SuiteTask<BallInCupPhysics>
{
    // Indices of the ball's joints in qpos.
    private const int BallX = 2;
    private const int BallZ = 3;

    public override IReadOnlyList<Observable<BallInCupPhysics>> Observables { get; } =
    [
        new("position", 4, (physics, values) => physics.Data.Qpos.CopyTo(values)),
        new("velocity", 4, (physics, values) => physics.Data.Qvel.CopyTo(values)),
    ];

    public override void Initialise(BallInCupPhysics physics, RandomStream random)
    {
        do
        {
            physics.Data.Qpos[BallX] = random.NextUniform(-0.2, 0.2);
            physics.Data.Qpos[BallZ] = random.NextUniform(0.2, 0.5);
            physics.Data.ForwardWithoutActuation();
        }
        while (physics.Data.ContactCount > 0);
    }

    public override double Reward(BallInCupPhysics physics)
    {
        return physics.BallInTarget ? 1 : 0;
    }
}
