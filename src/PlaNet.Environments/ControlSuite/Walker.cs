using PlaNet.MuJoCo;
using PlaNet.Common;

namespace PlaNet.Environments.ControlSuite;

/// <summary>Walker: stand, walk or run with a planar biped (docs/tasks.md, "Rewards and start states").</summary>
public sealed class Walker : ITaskDomain
{
    /// <inheritdoc />
    public IEnumerable<TaskDefinition> Tasks =>
    [
        Define("walker_stand", "Stand upright on two legs.", speed: 0),
        Define("walker_walk", "Walk upright at 1 m/s.", speed: 1),
        Define("walker_run", "Run upright at 8 m/s.", speed: 8),
    ];

    private static TaskDefinition Define(string name, string description, double speed)
    {
        return new TaskDefinition(
            name,
            "walker",
            description,
            ActionRepeat: 2,
            ActionSize: 6,
            _ => new SuiteEnvironment<WalkerPhysics>(name, new WalkerPhysics(), new WalkerTask(speed)));
    }
}

/// <summary>Physics of the walker.</summary>
public sealed class WalkerPhysics : Physics
{
    private readonly int _torso;

    /// <summary>Compiles the model.</summary>
    public WalkerPhysics()
        : base("Walker.xml", physicsSteps: 10)
    {
        _torso = Model.Id(MjObject.Body, "torso");
    }

    /// <summary>Height of the torso, metres.</summary>
    public double Height => Data.Xpos[(3 * _torso) + 2];

    /// <summary>Cosine of the torso's angle from upright (zz of its rotation).</summary>
    public double Upright => Data.Xmat[(9 * _torso) + 8];

    /// <summary>Forward velocity of the centre of mass, m/s, from the sensor.</summary>
    public double Speed => Data.SensorData[0];

    /// <summary>Orientations of the seven bodies: elements xx and xz of each rotation matrix, body by body.</summary>
    /// <param name="values">Receives fourteen values.</param>
    public void ReadOrientations(Span<double> values)
    {
        var rotations = Data.Xmat;
        for (var i = 0; i < values.Length / 2; i++)
        {
            var body = 9 * (i + 1);
            values[2 * i] = rotations[body];
            values[(2 * i) + 1] = rotations[body + 2];
        }
    }
}

/// <summary>Reward for standing, multiplied by a reward for speed if the target speed is not 0.</summary>
/// <param name="targetSpeed">Speed, m/s; 0 to stand.</param>
internal sealed class WalkerTask(double targetSpeed) : SuiteTask<WalkerPhysics>
{
    private const double StandingHeight = 1.2;

    public override IReadOnlyList<Observable<WalkerPhysics>> Observables { get; } =
    [
        new("orientations", 14, (physics, values) => physics.ReadOrientations(values)),
        new("height", 1, (physics, values) => values[0] = physics.Height),
        new("velocity", 9, (physics, values) => physics.Data.Qvel.CopyTo(values)),
    ];

    public override void Initialise(WalkerPhysics physics, RandomStream random)
    {
        physics.RandomiseJoints(random);
    }

    public override double Reward(WalkerPhysics physics)
    {
        var standing = Rewards.Tolerance(physics.Height, StandingHeight, double.PositiveInfinity, margin: StandingHeight / 2);
        var stand = ((3 * standing) + ((1 + physics.Upright) / 2)) / 4;
        if (targetSpeed == 0)
        {
            return stand;
        }

        var move = Rewards.Tolerance(
            physics.Speed, targetSpeed, double.PositiveInfinity, margin: targetSpeed / 2, ToleranceShape.Linear, valueAtMargin: 0.5);
        return stand * ((5 * move) + 1) / 6;
    }
}
