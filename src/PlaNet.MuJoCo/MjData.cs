namespace PlaNet.MuJoCo;

/// <summary>
/// State and results of one simulation. Not thread-safe. After an exception in a step the state is undefined: call <see cref="Reset"/> or
/// <see cref="RestoreState"/> before the next step.
/// </summary>
public sealed class MjData : IDisposable
{
    private readonly DataHandle _handle;
    private readonly MjArray<double> _time;
    private readonly MjArray<double> _qpos;
    private readonly MjArray<double> _qvel;
    private readonly MjArray<double> _ctrl;
    private readonly MjArray<double> _xpos;
    private readonly MjArray<double> _xmat;
    private readonly MjArray<double> _sensordata;
    private string? _failure;

    /// <summary>Creates data in the model's initial state. Positions and sensors are computed by <see cref="Forward"/>.</summary>
    /// <param name="model">The model; it must outlive the data.</param>
    public MjData(MjModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model = model;
        Native.Check(Native.MakeData(model.Handle, out _handle));
        _time = Doubles("time");
        _qpos = Doubles("qpos");
        _qvel = Doubles("qvel");
        _ctrl = Doubles("ctrl");
        _xpos = Doubles("xpos");
        _xmat = Doubles("xmat");
        _sensordata = Doubles("sensordata");
    }

    /// <summary>The model of this data.</summary>
    public MjModel Model { get; }

    /// <summary>Simulated time, seconds.</summary>
    public double Time
    {
        get => _time[0];
        set => _time[0] = value;
    }

    /// <summary>Generalised coordinates, <c>[nq]</c>.</summary>
    public Span<double> Qpos => _qpos.Span;

    /// <summary>Generalised velocities, <c>[nv]</c>.</summary>
    public Span<double> Qvel => _qvel.Span;

    /// <summary>Controls, <c>[nu]</c>.</summary>
    public Span<double> Ctrl => _ctrl.Span;

    /// <summary>World positions of bodies, <c>[nbody, 3]</c>, metres.</summary>
    public Span<double> Xpos => _xpos.Span;

    /// <summary>World orientations of bodies as rotation matrices, <c>[nbody, 9]</c>, row-major.</summary>
    public Span<double> Xmat => _xmat.Span;

    /// <summary>Sensor readings, <c>[nsensordata]</c>.</summary>
    public Span<double> SensorData => _sensordata.Span;

    /// <summary>Number of contacts.</summary>
    public int ContactCount => Native.ContactCount(_handle);

    internal DataHandle Handle => _handle;

    /// <summary>Finds an array of doubles by its name in mjData, such as "geom_xpos".</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="MuJoCoException">There is no such array, or its element type is not double.</exception>
    public MjArray<double> Doubles(string name)
    {
        return View<double>(name);
    }

    /// <summary>Finds an array of integers by its name in mjData; see <see cref="Doubles"/>.</summary>
    /// <param name="name">The name.</param>
    public MjArray<int> Ints(string name)
    {
        return View<int>(name);
    }

    /// <summary>Resets to the model's initial state.</summary>
    public void Reset()
    {
        Native.Check(Native.Reset(Model.Handle, _handle));
        _failure = null;
    }

    /// <summary>Computes all quantities that depend on the state, without advancing time.</summary>
    /// <exception cref="MuJoCoException">MuJoCo raised an error or a warning.</exception>
    public void Forward()
    {
        ThrowIfFailed();
        Check(Native.Forward(Model.Handle, _handle));
    }

    /// <summary><see cref="Forward"/> with actuation disabled for this call.</summary>
    /// <exception cref="MuJoCoException">MuJoCo raised an error or a warning.</exception>
    public void ForwardWithoutActuation()
    {
        ThrowIfFailed();
        Check(Native.ForwardWithoutActuation(Model.Handle, _handle));
    }

    /// <summary>Advances by one physics step.</summary>
    /// <exception cref="MuJoCoException">MuJoCo raised an error or a warning, such as a bad number in the state.</exception>
    public void Step()
    {
        ThrowIfFailed();
        Check(Native.Step(Model.Handle, _handle));
    }

    /// <summary>First half of a step: computes the quantities that depend on positions and velocities.</summary>
    /// <exception cref="MuJoCoException">MuJoCo raised an error or a warning.</exception>
    public void Step1()
    {
        ThrowIfFailed();
        Check(Native.Step1(Model.Handle, _handle));
    }

    /// <summary>Second half of a step: computes actuator forces and integrates.</summary>
    /// <exception cref="MuJoCoException">MuJoCo raised an error or a warning.</exception>
    public void Step2()
    {
        ThrowIfFailed();
        Check(Native.Step2(Model.Handle, _handle));
    }

    /// <summary>
    /// One control step of several physics steps in one native call. Euler models: step2, whole steps, step1; Runge-Kutta models:
    /// whole steps, step1. Positions, and sensors of position and velocity, then match the new state; acceleration sensors lag by one
    /// physics step.
    /// </summary>
    /// <param name="physicsSteps">Physics steps; at least 1.</param>
    /// <exception cref="MuJoCoException">MuJoCo raised an error or a warning, such as a bad number in the state.</exception>
    public void ControlStep(int physicsSteps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(physicsSteps, 1);
        ThrowIfFailed();
        Check(Native.ControlStep(Model.Handle, _handle, physicsSteps));
    }

    /// <summary>Runs control steps in C, with a reset every <paramref name="length"/> steps, as a baseline for benchmarks.</summary>
    internal void StepInNativeLoop(double control, int physicsSteps, int length, int count)
    {
        Native.Check(Native.BaselineSteps(Model.Handle, _handle, control, physicsSteps, length, count));
    }

    /// <summary>Copies everything from another simulation of the same model.</summary>
    /// <param name="source">Data of the same <see cref="Model"/> instance.</param>
    public void CopyFrom(MjData source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (!ReferenceEquals(source.Model, Model))
        {
            throw new ArgumentException("The source must be data of the same MjModel instance.", nameof(source));
        }

        Native.Check(Native.CopyData(Model.Handle, _handle, source._handle));
        _failure = source._failure;
    }

    /// <summary>Copies everything the simulation depends on.</summary>
    public SimulatorState SaveState()
    {
        return new SimulatorState(
            Time,
            Qpos.ToArray(),
            Qvel.ToArray(),
            Copy("act"),
            Ctrl.ToArray(),
            Copy("qacc_warmstart"),
            Copy("qfrc_applied"),
            Copy("xfrc_applied"),
            Copy("mocap_pos"),
            Copy("mocap_quat"),
            Copy("userdata"),
            SensorData.ToArray());
    }

    /// <summary>
    /// Restores a saved state and computes the quantities that depend on it. The next control step then gives bit-identical results.
    /// </summary>
    /// <param name="state">A state saved from data of an equal model.</param>
    /// <exception cref="ArgumentException">The state belongs to another model.</exception>
    public void RestoreState(SimulatorState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Reset();
        Time = state.Time;
        Put("qpos", state.Positions);
        Put("qvel", state.Velocities);
        Put("act", state.Activations);
        Put("ctrl", state.Controls);
        Put("qacc_warmstart", state.WarmStart);
        Put("qfrc_applied", state.AppliedForces);
        Put("xfrc_applied", state.AppliedBodyForces);
        Put("mocap_pos", state.MocapPositions);
        Put("mocap_quat", state.MocapOrientations);
        Put("userdata", state.UserData);
        Step1();
        Put("sensordata", state.Sensors);
    }

    /// <summary>Frees the data.</summary>
    public void Dispose()
    {
        _handle.Dispose();
    }

    private void ThrowIfFailed()
    {
        if (_failure is not null)
        {
            throw new MuJoCoException(
                $"The simulation stopped on an earlier error and must be reset: call Reset or RestoreState. The error was: {_failure}");
        }
    }

    private void Check(int status)
    {
        if (status < 0)
        {
            _failure = Native.LastError;
            throw new MuJoCoException(_failure);
        }
    }

    private double[] Copy(string name)
    {
        return Doubles(name).Span.ToArray();
    }

    private void Put(string name, double[] values)
    {
        var array = Doubles(name).Span;
        if (values.Length != array.Length)
        {
            throw new ArgumentException(
                $"The state has {values.Length} values for {name} but the model has {array.Length}: restore a state of an equal model.",
                name);
        }

        values.CopyTo(array);
    }

    private MjArray<T> View<T>(string name)
        where T : unmanaged
    {
        Native.Check(Native.DataView(Model.Handle, _handle, name, out var view));
        return MjArray<T>.From(_handle, name, view);
    }
}
