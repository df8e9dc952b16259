using PlaNet.Common;

namespace PlaNet.Environments.ControlSuite;

/// <summary>Cheetah: run with a planar cheetah (docs/tasks.md, "Rewards and start states").</summary>
public sealed class Cheetah : ITaskDomain
{
    /// <summary>Physics steps before an episode in which the cheetah falls to the ground.</summary>
    internal const int SettleSteps = 200;

    /// <inheritdoc />
    public IEnumerable<TaskDefinition> Tasks =>
    [
        new TaskDefinition(
            "cheetah_run",
            "cheetah",
            "Run forwards as fast as 10 m/s.",
            ActionRepeat: 4,
            ActionSize: 6,
            settings => new SuiteEnvironment<CheetahPhysics>("cheetah_run", new CheetahPhysics(), new CheetahTask(settings.FixedStart)))
        {
            HasFixedStart = true,
        },
    ];
}

/// <summary>Physics of the cheetah.</summary>
public sealed class CheetahPhysics() : Physics("Cheetah.xml", physicsSteps: 1)
{
    /// <summary>Forward velocity of the centre of mass, m/s, from the sensor.</summary>
    public double Speed => Data.SensorData[0];
}

/// <summary>Reward grows linearly with forward speed, up to 10 m/s.</summary>
/// <param name="fixedStart">Whether every episode starts from the default pose, as before April 2019 (docs/tasks.md).</param>
internal sealed class CheetahTask(bool fixedStart) : SuiteTask<CheetahPhysics>
{
    private const double TargetSpeed = 10;

    public override IReadOnlyList<Observable<CheetahPhysics>> Observables { get; } =
    [
        // Without rootx: the task does not depend on the position along the track.
        new("position", 8, (physics, values) => physics.Data.Qpos[1..].CopyTo(values)),
        new("velocity", 9, (physics, values) => physics.Data.Qvel.CopyTo(values)),
    ];

    public override void Initialise(CheetahPhysics physics, RandomStream random)
    {
        if (!fixedStart)
        {
            var ranges = physics.Model.Doubles("jnt_range");
            var limited = physics.Model.Bytes("jnt_limited");
            for (var joint = 0; joint < limited.Rows; joint++)
            {
                if (limited[joint] != 0)
                {
                    physics.Data.Qpos[joint] = random.NextUniform(ranges.Row(joint)[0], ranges.Row(joint)[1]);
                }
            }
        }

        // The original settles without a forward pass, so the first half step still uses the default pose.
        physics.Data.ControlStep(Cheetah.SettleSteps);
        physics.Data.Time = 0;
    }

    public override double Reward(CheetahPhysics physics)
    {
        return Rewards.Tolerance(
            physics.Speed, TargetSpeed, double.PositiveInfinity, margin: TargetSpeed, ToleranceShape.Linear, valueAtMargin: 0);
    }
}
