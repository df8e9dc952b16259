using PlaNet.MuJoCo;
using PlaNet.Common;

namespace PlaNet.Environments.ControlSuite;

/// <summary>Cartpole: balance a pole on a cart in the middle of a rail, or swing it up first (docs/tasks.md).</summary>
public sealed class Cartpole : ITaskDomain
{
    /// <inheritdoc />
    public IEnumerable<TaskDefinition> Tasks =>
    [
        Define("cartpole_balance", "Keep a pole upright on a cart, starting upright.", swingUp: false, sparse: false),
        Define("cartpole_balance_sparse", "Keep a pole upright on a cart; reward only close to balance.", swingUp: false, sparse: true),
        Define("cartpole_swingup", "Swing a hanging pole up and keep it upright.", swingUp: true, sparse: false),
        Define("cartpole_swingup_sparse", "Swing a hanging pole up; reward only close to balance.", swingUp: true, sparse: true),
        new TaskDefinition(
            "cartpole_survive",
            "cartpole",
            "Keep a pole from falling and its cart in the middle: the episode ends with the fall. Not a task of the original suite.",
            ActionRepeat: 1,
            ActionSize: 1,
            _ => new SuiteEnvironment<CartpolePhysics>(
                "cartpole_survive", new CartpolePhysics(CartpoleSurvival.PhysicsSteps), new CartpoleSurvival()))
        {
            IsOriginal = false,
        },
    ];

    private static TaskDefinition Define(string name, string description, bool swingUp, bool sparse)
    {
        return new TaskDefinition(
            name,
            "cartpole",
            description,
            ActionRepeat: 8,
            ActionSize: 1,
            _ => new SuiteEnvironment<CartpolePhysics>(name, new CartpolePhysics(), new CartpoleTask(swingUp, sparse)));
    }
}

/// <summary>Physics of the cart and the pole.</summary>
public sealed class CartpolePhysics : Physics
{
    private readonly int _pole;

    /// <summary>Compiles the model.</summary>
    /// <param name="physicsSteps">Physics steps of 0.01 s in a control step. Default 1.</param>
    public CartpolePhysics(int physicsSteps = 1)
        : base("Cartpole.xml", physicsSteps)
    {
        _pole = Model.Id(MjObject.Body, "pole_1");
    }

    /// <summary>Position of the cart along the rail, metres from the middle.</summary>
    public double CartPosition => Data.Qpos[0];

    /// <summary>Angular velocity of the pole, rad/s.</summary>
    public double PoleVelocity => Data.Qvel[1];

    /// <summary>Cosine of the pole's angle from upright, read from its rotation matrix (zz).</summary>
    public double PoleCosine => Data.Xmat[(9 * _pole) + 8];

    /// <summary>Sine of the pole's angle from upright, read from its rotation matrix (xz).</summary>
    public double PoleSine => Data.Xmat[(9 * _pole) + 2];

    /// <summary>Control of the motor, not clipped.</summary>
    public double Control => Data.Ctrl[0];
}

/// <summary>Balance or swing-up, with dense or sparse reward.</summary>
/// <param name="swingUp">Whether the pole starts hanging.</param>
/// <param name="sparse">Whether reward is given only close to balance.</param>
internal class CartpoleTask(bool swingUp, bool sparse) : SuiteTask<CartpolePhysics>
{
    public override IReadOnlyList<Observable<CartpolePhysics>> Observables { get; } =
    [
        new("position", 3, (physics, values) =>
        {
            values[0] = physics.CartPosition;
            values[1] = physics.PoleCosine;
            values[2] = physics.PoleSine;
        }),
        new("velocity", 2, (physics, values) => physics.Data.Qvel.CopyTo(values)),
    ];

    public override void Initialise(CartpolePhysics physics, RandomStream random)
    {
        var position = physics.Data.Qpos;
        position[0] = swingUp ? 0.01 * random.NextGaussian() : random.NextUniform(-0.1, 0.1);
        position[1] = swingUp ? Math.PI + (0.01 * random.NextGaussian()) : random.NextUniform(-0.034, 0.034);
        foreach (ref var value in physics.Data.Qvel)
        {
            value = 0.01 * random.NextGaussian();
        }
    }

    public override double Reward(CartpolePhysics physics)
    {
        if (sparse)
        {
            return Rewards.Tolerance(physics.CartPosition, -0.25, 0.25) * Rewards.Tolerance(physics.PoleCosine, 0.995, 1);
        }

        var upright = (physics.PoleCosine + 1) / 2;
        var centred = (1 + Rewards.Tolerance(physics.CartPosition, margin: 2)) / 2;
        var control = (4 + Rewards.Tolerance(physics.Control, margin: 1, shape: ToleranceShape.Quadratic, valueAtMargin: 0)) / 5;
        var velocity = (1 + Rewards.Tolerance(physics.PoleVelocity, margin: 5)) / 2;
        return upright * control * velocity * centred;
    }
}

/// <summary>
/// The classical cart-pole problem (Barto, Sutton and Anderson 1983) on the suite's model: every control step earns 1, also the last one,
/// and the episode ends when the pole leans too far or the cart leaves the middle of the rail. Only the end tells a good action from a bad
/// one. A control step is as long as a decision, because a repeated action that is cut short would earn less and so warn of the end.
/// </summary>
internal sealed class CartpoleSurvival() : CartpoleTask(swingUp: false, sparse: false)
{
    public const int PhysicsSteps = 4;

    // 30 degrees instead of the classical 12, so that a fall shows in a small image.
    private const double LargestAngle = Math.PI / 6;

    // Metres; the rail ends at 1.8.
    private const double FarthestCart = 1.2;

    private static readonly double s_smallestCosine = Math.Cos(LargestAngle);

    public override int ControlSteps => 250;

    public override bool Terminates => true;

    public override void Initialise(CartpolePhysics physics, RandomStream random)
    {
        // Leaning so far that a pole left alone falls within a second.
        physics.Data.Qpos[0] = random.NextUniform(-0.1, 0.1);
        physics.Data.Qpos[1] = random.NextUniform(-0.2, 0.2);
        foreach (ref var value in physics.Data.Qvel)
        {
            value = 0.01 * random.NextGaussian();
        }
    }

    public override double Reward(CartpolePhysics physics) => 1;

    public override bool IsTerminal(CartpolePhysics physics) =>
        physics.PoleCosine < s_smallestCosine || Math.Abs(physics.CartPosition) > FarthestCart;
}
