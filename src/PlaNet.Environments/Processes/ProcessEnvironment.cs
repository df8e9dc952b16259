namespace PlaNet.Environments.Processes;

/// <summary>
/// An environment that another program plays: a child process which speaks lines of JSON and raw bytes over its standard input and output
/// (docs/environments.md). A child that crashes, hangs or says something else is ended and its episode is lost; the next
/// <see cref="Reset"/> starts a fresh one.
/// </summary>
public sealed class ProcessEnvironment : IConcurrentEnvironment
{
    private readonly ProcessOptions _options;
    private readonly TimeProvider _time;
    private ChildProcess? _child;
    private bool _running;
    private bool _stepping;
    private string? _failure;

    /// <summary>Starts the program and hears what its environment takes and gives.</summary>
    /// <param name="options">The program.</param>
    /// <param name="time">The clock of the timeouts. Default: the system's.</param>
    /// <exception cref="EnvironmentProcessException">The program does not start, or does not speak the protocol.</exception>
    public ProcessEnvironment(ProcessOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.StartTimeout, TimeSpan.Zero, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.Timeout, TimeSpan.Zero, nameof(options));
        (_options, _time) = (options, time ?? TimeProvider.System);
        (_child, Spec) = Start();
    }

    /// <inheritdoc />
    public EnvironmentSpec Spec { get; }

    /// <inheritdoc />
    /// <exception cref="EnvironmentProcessException">The child crashed, hung or broke the protocol.</exception>
    public Observation Reset(ulong seed)
    {
        if (_stepping && _child is not null)
        {
            // What a step still owes would be taken for the answer to the reset.
            EndStep();
        }

        _running = false;
        var child = _child ??= Restart();
        return Guarded(child, () =>
        {
            child.Send(ProcessProtocol.Reset(seed));
            var answer = ProcessProtocol.ReadAnswer(child.ReadLine(_options.Timeout, "the answer to a reset"), step: false);
            var observation = ReadObservation(child, answer.Bytes);
            _running = true;
            return observation;
        });
    }

    /// <inheritdoc />
    /// <exception cref="EnvironmentProcessException">The child crashed, hung or broke the protocol.</exception>
    public StepResult Step(ReadOnlySpan<float> action)
    {
        BeginStep(action);
        return EndStep();
    }

    /// <inheritdoc />
    /// <exception cref="EnvironmentProcessException">The child crashed.</exception>
    public void BeginStep(ReadOnlySpan<float> action)
    {
        if (_child is not { } child || !_running)
        {
            throw new InvalidOperationException($"Task {Spec.Task} has no running episode{(_failure is null ? "" : $" ({_failure})")}: call Reset first.");
        }

        if (_stepping)
        {
            throw new InvalidOperationException($"Task {Spec.Task} is taking a step already: call EndStep first.");
        }

        Spec.Action.Check(Spec.Task, action);
        var request = ProcessProtocol.Step(action);
        Guarded(child, () =>
        {
            child.Send(request);
            return _stepping = true;
        });
    }

    /// <inheritdoc />
    /// <exception cref="EnvironmentProcessException">The child crashed, hung or broke the protocol.</exception>
    public StepResult EndStep()
    {
        if (_child is not { } child || !_stepping)
        {
            throw new InvalidOperationException($"Task {Spec.Task} is taking no step: call BeginStep first.");
        }

        return Guarded(child, () =>
        {
            var answer = ProcessProtocol.ReadAnswer(child.ReadLine(_options.Timeout, "the answer to a step"), step: true);
            var observation = ReadObservation(child, answer.Bytes);
            (_stepping, _running) = (false, !answer.Terminated && !answer.Truncated);
            return new StepResult(observation, answer.Reward, answer.Terminated, answer.Truncated);
        });
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_child is { } child)
        {
            try
            {
                child.Send(ProcessProtocol.Close());
            }
            catch (EnvironmentProcessException)
            {
                // It has ended before it was asked to.
            }

            child.Dispose();
            _child = null;
        }
    }

    private (ChildProcess Child, EnvironmentSpec Spec) Start()
    {
        var child = new ChildProcess(_options, _time);
        return Guarded(child, () => (child, ProcessProtocol.ReadHello(child.ReadLine(_options.StartTimeout, "its first line"))));
    }

    private ChildProcess Restart()
    {
        var (child, spec) = Start();
        if (ProcessProtocol.ObservationBytes(spec) != ProcessProtocol.ObservationBytes(Spec) || spec.Action.Size != Spec.Action.Size || spec.Task != Spec.Task)
        {
            throw Drop(child, child.Fail($"came back as another environment: {spec.Task}, not {Spec.Task}, or with other sizes"));
        }

        return child;
    }

    private Observation ReadObservation(ChildProcess child, int bytes)
    {
        var expected = ProcessProtocol.ObservationBytes(Spec);
        if (bytes != expected)
        {
            throw new FormatException($"announces an observation of {bytes} bytes, but its first line describes one of {expected}");
        }

        var received = new byte[bytes];
        child.Read(received, _options.Timeout, $"an observation of {bytes} bytes");
        return ProcessProtocol.ReadObservation(Spec, received);
    }

    private T Guarded<T>(ChildProcess child, Func<T> exchange)
    {
        try
        {
            return exchange();
        }
        catch (FormatException failure)
        {
            throw Drop(child, child.Fail(failure.Message, failure));
        }
        catch (EnvironmentProcessException failure)
        {
            throw Drop(child, failure);
        }
    }

    private EnvironmentProcessException Drop(ChildProcess child, EnvironmentProcessException failure)
    {
        child.Dispose();
        (_child, _running, _stepping, _failure) = (null, false, false, failure.Message);
        return failure;
    }
}
