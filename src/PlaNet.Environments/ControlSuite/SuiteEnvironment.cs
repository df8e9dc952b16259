using PlaNet.MuJoCo;
using PlaNet.Common;

namespace PlaNet.Environments.ControlSuite;

/// <summary>
/// A control-suite task as an environment: one control step per decision, 1000 in an episode of the original suite, no images.
/// </summary>
public abstract class SuiteEnvironment : IRenderableEnvironment, IRestorableEnvironment
{
    /// <summary>Control steps in an episode of every task of the original suite (docs/tasks.md).</summary>
    public const int ControlSteps = 1000;

    private readonly double[] _controls;
    private readonly double[] _readBuffer;
    private int? _step;

    /// <summary>Takes ownership of the physics.</summary>
    /// <param name="name">Name of the task.</param>
    /// <param name="physics">The model and its simulation.</param>
    /// <param name="states">The observations, in order.</param>
    /// <param name="controlSteps">Time limit in control steps.</param>
    /// <param name="terminates">Whether an episode can end in a terminal state.</param>
    protected SuiteEnvironment(
        string name, Physics physics, IReadOnlyList<StateSpec> states, int controlSteps = ControlSteps, bool terminates = false)
    {
        ArgumentNullException.ThrowIfNull(physics);
        Physics = physics;
        _controls = new double[physics.Model.ControlCount];
        _readBuffer = new double[states.Max(state => state.Size)];
        Spec = new EnvironmentSpec(name, ActionSpec.Unit(_controls.Length), null, states, controlSteps)
        {
            ControlSeconds = physics.PhysicsSteps * physics.Model.Timestep,
            Terminates = terminates,
        };
    }

    /// <inheritdoc />
    public EnvironmentSpec Spec { get; }

    /// <summary>The model and its simulation.</summary>
    public Physics Physics { get; }

    /// <inheritdoc />
    public Observation Reset(ulong seed)
    {
        _step = null;
        Physics.Reset(() => Initialise(new RandomStream(seed)));
        _step = 0;
        return Observe();
    }

    /// <inheritdoc />
    /// <exception cref="MuJoCoException">The simulation became unstable. The episode has ended.</exception>
    public StepResult Step(ReadOnlySpan<float> action)
    {
        if (_step is not { } step || step >= Spec.ControlSteps)
        {
            throw new InvalidOperationException(
                $"Task {Spec.Task} has no running episode ({(_step is null ? "it was not reset" : "the last one ended")}): "
                + "call Reset first.");
        }

        Spec.Action.Check(Spec.Task, action);
        for (var i = 0; i < action.Length; i++)
        {
            _controls[i] = action[i];
        }

        _step = null;
        Physics.Step(_controls);
        var terminated = EvaluateTerminal();

        _step = terminated ? Spec.ControlSteps : step + 1;
        return new StepResult(Observe(), EvaluateReward(), terminated, Truncated: !terminated && step + 1 == Spec.ControlSteps);
    }

    /// <inheritdoc />
    public EnvironmentState SaveState()
    {
        return _step is { } step
            ? new EnvironmentState(Spec.Task, step, Physics.Data.SaveState(), Physics.SaveEdits())
            : throw new InvalidOperationException($"Task {Spec.Task} has no running episode to save: call Reset first.");
    }

    /// <inheritdoc />
    public void RestoreState(EnvironmentState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Task != Spec.Task)
        {
            throw new ArgumentException(
                $"The state belongs to task {state.Task}, not to {Spec.Task}: restore a state of the same task.", nameof(state));
        }

        _step = null;
        Physics.RestoreEdits(state.ModelEdits);
        Physics.Data.RestoreState(state.Simulator);
        _step = state.Step;
    }

    /// <inheritdoc />
    public ICamera OpenCamera(ImageSpec image, int camera, RenderQuality quality)
    {
        ArgumentNullException.ThrowIfNull(image);
        return new SuiteCamera(Physics, image, camera, quality);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Reward of the current state and controls, in [0, 1].</summary>
    public abstract double EvaluateReward();

    /// <summary>Whether the current state is terminal.</summary>
    public abstract bool EvaluateTerminal();

    /// <summary>Reads one observation of the current state in double precision.</summary>
    /// <param name="index">Index in the spec's states.</param>
    /// <param name="values">Receives <see cref="StateSpec.Size"/> values.</param>
    public abstract void ReadState(int index, Span<double> values);

    /// <summary>Sets an initial state.</summary>
    /// <param name="random">Random numbers of the episode.</param>
    protected abstract void Initialise(RandomStream random);

    /// <summary>Frees the model and its simulation.</summary>
    /// <param name="disposing">Always true: there is no finalizer.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            Physics.Dispose();
        }
    }

    private Observation Observe()
    {
        var states = new Dictionary<string, float[]>(Spec.States.Count, StringComparer.Ordinal);
        for (var i = 0; i < Spec.States.Count; i++)
        {
            var values = new float[Spec.States[i].Size];
            var doubles = _readBuffer.AsSpan(0, values.Length);
            ReadState(i, doubles);
            for (var j = 0; j < values.Length; j++)
            {
                values[j] = (float)doubles[j];
            }

            states[Spec.States[i].Name] = values;
        }

        return new Observation(null, states);
    }
}

/// <summary>A task with its physics.</summary>
/// <typeparam name="TPhysics">Physics that the task uses.</typeparam>
/// <param name="name">Name of the task.</param>
/// <param name="physics">The model and its simulation; the environment takes ownership.</param>
/// <param name="task">Initial state, observations and reward.</param>
public sealed class SuiteEnvironment<TPhysics>(string name, TPhysics physics, SuiteTask<TPhysics> task)
    : SuiteEnvironment(
        name,
        physics,
        [.. task.Observables.Select(observable => new StateSpec(observable.Name, observable.Size))],
        task.ControlSteps,
        task.Terminates)
    where TPhysics : Physics
{
    private readonly IReadOnlyList<Observable<TPhysics>> _observables = task.Observables;

    /// <inheritdoc />
    public override double EvaluateReward()
    {
        return task.Reward(physics);
    }

    /// <inheritdoc />
    public override bool EvaluateTerminal()
    {
        return task.IsTerminal(physics);
    }

    /// <inheritdoc />
    public override void ReadState(int index, Span<double> values)
    {
        _observables[index].Read(physics, values);
    }

    /// <inheritdoc />
    protected override void Initialise(RandomStream random)
    {
        task.Initialise(physics, random);
    }
}
