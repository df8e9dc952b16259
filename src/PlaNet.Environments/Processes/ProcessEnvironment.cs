using PlaNet.Common;

namespace PlaNet.Environments.Processes;

/// <summary>
/// An environment that runs in a child process, which exchanges lines of JSON and raw bytes over its standard input and output
/// (docs/environments.md). A child that crashes, hangs or violates the protocol is killed and its episode is discarded; the next
/// <see cref="Reset"/> starts a new child.
/// </summary>
public sealed class ProcessEnvironment : IConcurrentEnvironment
{
    private readonly ProcessOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<string>? _warn;
    private ChildProcess? _child;
    private int _decisions;
    private bool _running;
    private bool _stepping;
    private string? _failure;

    /// <summary>Starts the program and reads the description of its environment.</summary>
    /// <param name="options">The program and its timeouts.</param>
    /// <param name="time">Clock for the timeouts. Default: the system's.</param>
    /// <param name="warn">
    /// Called with one line for each episode that is ended because it is longer than the program has announced. Default: none.
    /// </param>
    /// <exception cref="EnvironmentProcessException">The program cannot be started, or violates the protocol.</exception>
    public ProcessEnvironment(ProcessOptions options, TimeProvider? time = null, Action<string>? warn = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.StartTimeout, TimeSpan.Zero, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.Timeout, TimeSpan.Zero, nameof(options));
        (_options, _time, _warn) = (options, time ?? TimeProvider.System, warn);
        (_child, Spec) = Start();
    }

    /// <inheritdoc />
    public EnvironmentSpec Spec { get; }

    /// <summary>
    /// Kills the programs of all environments that are not disposed. For a process that ends while other threads still use environments:
    /// a program that hangs would outlive it.
    /// </summary>
    public static void KillAll() => ChildProcess.KillAll();

    /// <inheritdoc />
    /// <exception cref="EnvironmentProcessException">The child crashed, hung or broke the protocol.</exception>
    public Observation Reset(ulong seed)
    {
        if (_stepping && _child is not null)
        {
            // Otherwise the pending answer to the step would be read as the answer to the reset.
            EndStep();
        }

        _running = false;
        var child = _child ??= Restart();
        return Guarded(child, () =>
        {
            child.Send(ProcessProtocol.Reset(seed), _options.Timeout);
            var answer = ProcessProtocol.ReadAnswer(child.ReadLine(_options.Timeout, "the answer to a reset"), step: false);
            var observation = ReadObservation(child, answer.Bytes);
            (_running, _decisions) = (true, 0);
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
            throw new InvalidOperationException(
                $"Task {Spec.Task} has no running episode{(_failure is null ? "" : $" ({_failure})")}: call Reset first.");
        }

        if (_stepping)
        {
            throw new InvalidOperationException($"Task {Spec.Task} already has a step in progress: call EndStep first.");
        }

        Spec.Action.Check(Spec.Task, action);
        var request = Spec.Action.IsDiscrete ? ProcessProtocol.Step(ActionSpec.ChoiceOf(action)) : ProcessProtocol.Step(action);
        Guarded(child, () =>
        {
            child.Send(request, _options.Timeout);
            return _stepping = true;
        });
    }

    /// <inheritdoc />
    /// <exception cref="EnvironmentProcessException">The child crashed, hung or broke the protocol.</exception>
    public StepResult EndStep()
    {
        if (_child is not { } child || !_stepping)
        {
            throw new InvalidOperationException($"Task {Spec.Task} has no step in progress: call BeginStep first.");
        }

        return Guarded(child, () =>
        {
            var answer = ProcessProtocol.ReadAnswer(child.ReadLine(_options.Timeout, "the answer to a step"), step: true);
            var observation = ReadObservation(child, answer.Bytes);
            var ended = answer.Terminated || answer.Truncated;
            var tooLong = !ended && ++_decisions >= Spec.Decisions;
            (_stepping, _running) = (false, !ended && !tooLong);
            if (tooLong)
            {
                _warn?.Invoke(
                    $"The environment process '{OneLine.Of($"{_options}")}' announced episodes of {Spec.Decisions} decisions "
                    + $"(control_steps {Spec.ControlSteps}, action_repeat {Spec.ActionRepeat}), but did not end one after them: it is "
                    + "ended there, as truncated. Send \"truncated\": true with the last decision, or announce more control_steps.");
            }

            return new StepResult(observation, answer.Reward, answer.Terminated, answer.Truncated || tooLong);
        });
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_child is { } child)
        {
            try
            {
                child.Send(ProcessProtocol.Close(), _options.Timeout);
            }
            catch (EnvironmentProcessException)
            {
                // The process has already exited.
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
        if (Difference(Spec, spec) is { } difference)
        {
            throw Drop(child, child.Fail($"describes another environment after a restart: {difference}", breaksProtocol: true));
        }

        return child;
    }

    // The model and the episodes of a run depend on each of these.
    private static string? Difference(EnvironmentSpec before, EnvironmentSpec after)
    {
        var (names, namesBefore) = (States(after), States(before));
        return after.Task != before.Task ? $"task {OneLine.Of(after.Task)}, before {OneLine.Of(before.Task)}"
            : Actions(after.Action) != Actions(before.Action) ? $"{Actions(after.Action)}, before {Actions(before.Action)}"
            : !after.Action.Low.SequenceEqual(before.Action.Low) || !after.Action.High.SequenceEqual(before.Action.High)
                ? "other action bounds than before"
            : after.Image != before.Image ? $"{Size(after.Image)}, before {Size(before.Image)}"
            : names != namesBefore ? $"the states {OneLine.Of(names)}, before {OneLine.Of(namesBefore)}"
            : (after.ControlSteps, after.ActionRepeat) != (before.ControlSteps, before.ActionRepeat)
                ? $"{after.ControlSteps} control_steps with action_repeat {after.ActionRepeat}, "
                    + $"before {before.ControlSteps} with {before.ActionRepeat}"
            : after.Terminates != before.Terminates
                ? $"terminates {(after.Terminates ? "true" : "false")}, before {(before.Terminates ? "true" : "false")}"
            : null;
    }

    private static string Actions(ActionSpec action) => action.IsDiscrete ? $"{action.Size} choices" : $"{action.Size} action numbers";

    private static string States(EnvironmentSpec spec) => string.Join(", ", spec.States.Select(state => $"{state.Name}[{state.Size}]"));

    private static string Size(ImageSpec? image) => image is null ? "no image" : $"images of {image.Height}x{image.Width}";

    private Observation ReadObservation(ChildProcess child, int bytes)
    {
        var expected = ProcessProtocol.ObservationBytes(Spec);
        if (bytes != expected)
        {
            throw new FormatException(
                $"announced an observation of {bytes} bytes, but its first line describes one of {expected}: "
                + $"{ProcessProtocol.ObservationParts(Spec)}");
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
            throw Drop(child, child.Fail(failure.Message, failure, breaksProtocol: failure is not PassingFormatException));
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
