using PlaNet.Common;

namespace PlaNet.Environments.Processes;

/// <summary>
/// An environment that runs in a child process, which exchanges lines of JSON and raw bytes over its standard input and output, or in a
/// program at an address, which does so over a connection (docs/environments.md). A program that crashes, hangs, violates the protocol or
/// cannot be reached is killed or disconnected, and its episode is discarded; the next <see cref="Reset"/> starts it or connects again.
/// </summary>
public sealed class ProcessEnvironment : IConcurrentEnvironment
{
    private readonly Func<MessageChannel> _open;
    private readonly string _subject;
    private readonly TimeSpan _startTimeout;
    private readonly TimeSpan _timeout;
    private readonly Action<string>? _warn;
    private MessageChannel? _program;
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
        : this(
            () => new ChildProcess(options, time ?? TimeProvider.System),
            options is null ? throw new ArgumentNullException(nameof(options)) : $"process '{OneLine.Of($"{options}")}'",
            options.StartTimeout,
            options.Timeout,
            warn)
    {
    }

    /// <summary>Connects to the program and reads the description of its environment.</summary>
    /// <param name="options">The address of the program and its timeouts.</param>
    /// <param name="time">Clock for the timeouts. Default: the system's.</param>
    /// <param name="warn">
    /// Called with one line for each episode that is ended because it is longer than the program has announced. Default: none.
    /// </param>
    /// <exception cref="EnvironmentProcessException">The program cannot be reached, or violates the protocol.</exception>
    public ProcessEnvironment(RemoteOptions options, TimeProvider? time = null, Action<string>? warn = null)
        : this(
            () => new RemoteChannel(options, time ?? TimeProvider.System),
            options is null ? throw new ArgumentNullException(nameof(options)) : $"at {options}",
            options.StartTimeout,
            options.Timeout,
            warn)
    {
    }

    private ProcessEnvironment(
        Func<MessageChannel> open, string subject, TimeSpan startTimeout, TimeSpan timeout, Action<string>? warn)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(startTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        (_open, _subject, _startTimeout, _timeout, _warn) = (open, subject, startTimeout, timeout, warn);
        (_program, Spec) = Start();
    }

    /// <inheritdoc />
    public EnvironmentSpec Spec { get; }

    /// <summary>
    /// Kills the programs of all environments that are not disposed. For a process that ends while other threads still use environments:
    /// a program that hangs would outlive it.
    /// </summary>
    public static void KillAll() => ChildProcess.KillAll();

    /// <inheritdoc />
    /// <exception cref="EnvironmentProcessException">The program crashed, hung or broke the protocol.</exception>
    public Observation Reset(ulong seed)
    {
        if (_stepping && _program is not null)
        {
            // Otherwise the pending answer to the step would be read as the answer to the reset.
            EndStep();
        }

        _running = false;
        var program = _program ??= Restart();
        return Guarded(program, () =>
        {
            program.Send(ProcessProtocol.Reset(seed), _timeout);
            var answer = ProcessProtocol.ReadAnswer(program.ReadLine(_timeout, "the answer to a reset"), step: false);
            var observation = ReadObservation(program, answer.Bytes);
            (_running, _decisions) = (true, 0);
            return observation;
        });
    }

    /// <inheritdoc />
    /// <exception cref="EnvironmentProcessException">The program crashed, hung or broke the protocol.</exception>
    public StepResult Step(ReadOnlySpan<float> action)
    {
        BeginStep(action);
        return EndStep();
    }

    /// <inheritdoc />
    /// <exception cref="EnvironmentProcessException">The program crashed.</exception>
    public void BeginStep(ReadOnlySpan<float> action)
    {
        if (_program is not { } program || !_running)
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
        Guarded(program, () =>
        {
            program.Send(request, _timeout);
            return _stepping = true;
        });
    }

    /// <inheritdoc />
    /// <exception cref="EnvironmentProcessException">The program crashed, hung or broke the protocol.</exception>
    public StepResult EndStep()
    {
        if (_program is not { } program || !_stepping)
        {
            throw new InvalidOperationException($"Task {Spec.Task} has no step in progress: call BeginStep first.");
        }

        return Guarded(program, () =>
        {
            var answer = ProcessProtocol.ReadAnswer(program.ReadLine(_timeout, "the answer to a step"), step: true);
            var observation = ReadObservation(program, answer.Bytes);
            var ended = answer.Terminated || answer.Truncated;
            var tooLong = !ended && ++_decisions >= Spec.Decisions;
            (_stepping, _running) = (false, !ended && !tooLong);
            if (tooLong)
            {
                _warn?.Invoke(
                    $"The environment {_subject} announced episodes of {Spec.Decisions} decisions "
                    + $"(control_steps {Spec.ControlSteps}, action_repeat {Spec.ActionRepeat}), but did not end one after them: it is "
                    + "ended there, as truncated. Send \"truncated\": true with the last decision, or announce more control_steps.");
            }

            return new StepResult(observation, answer.Reward, answer.Terminated, answer.Truncated || tooLong);
        });
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_program is { } program)
        {
            try
            {
                program.Send(ProcessProtocol.Close(), _timeout);
            }
            catch (EnvironmentProcessException)
            {
                // The process has already exited.
            }

            program.Dispose();
            _program = null;
        }
    }

    private (MessageChannel Program, EnvironmentSpec Spec) Start()
    {
        var program = _open();
        return Guarded(program, () => (program, ProcessProtocol.ReadHello(program.ReadLine(_startTimeout, "its first line"))));
    }

    private MessageChannel Restart()
    {
        var (program, spec) = Start();
        if (Difference(Spec, spec) is { } difference)
        {
            throw Drop(program, program.Fail($"describes another environment after a restart: {difference}", breaksProtocol: true));
        }

        return program;
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

    private static string Size(ImageSpec? image) => image?.ToString() ?? "no image";

    private Observation ReadObservation(MessageChannel program, int bytes)
    {
        var expected = ProcessProtocol.ObservationBytes(Spec);
        if (bytes != expected)
        {
            throw new FormatException(
                $"announced an observation of {bytes} bytes, but its first line describes one of {expected}: "
                + $"{ProcessProtocol.ObservationParts(Spec)}{GreyRemedy(bytes)}");
        }

        var received = new byte[bytes];
        program.Read(received, _timeout, $"an observation of {bytes} bytes");
        return ProcessProtocol.ReadObservation(Spec, received);
    }

    private string GreyRemedy(int bytes) =>
        Spec.Image is { Channels: 3 } image && bytes == ProcessProtocol.ObservationBytes(Spec with { Image = image with { Channels = 1 } })
            ? "; if its images are grey, it must describe them with \"channels\": 1"
            : "";

    private T Guarded<T>(MessageChannel program, Func<T> exchange)
    {
        try
        {
            return exchange();
        }
        catch (FormatException failure)
        {
            throw Drop(program, program.Fail(failure.Message, failure, breaksProtocol: failure is not PassingFormatException));
        }
        catch (EnvironmentProcessException failure)
        {
            throw Drop(program, failure);
        }
    }

    private EnvironmentProcessException Drop(MessageChannel program, EnvironmentProcessException failure)
    {
        program.Dispose();
        (_program, _running, _stepping, _failure) = (null, false, false, failure.Message);
        return failure;
    }
}
