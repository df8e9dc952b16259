using System.Collections.Concurrent;
using PlaNet.Environments;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Playing;

namespace PlaNet.Runs.Actors;

/// <summary>
/// The environments of an evaluator, all on one dedicated thread. The caller waits for each call up to the environment timeout. After a
/// timeout it fails and abandons the thread. The thread and the environments of the task that was evaluated last are kept for the next
/// evaluation: OpenGL contexts that come and go on changing threads leave memory behind in every arena of the allocator.
/// </summary>
internal sealed class EvaluationEnvironments : IDisposable
{
    // Timeout of a call once the run is to stop: much longer than a step, but short enough for a waiting user.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    private readonly RunParts _parts;
    private readonly Func<TimeoutException> _failure;
    private readonly Thread _thread;
    private readonly BlockingCollection<Action> _calls = [];
    private readonly CancellationTokenSource _stopping;
    private readonly CancellationTokenRegistration _interrupt;
    private readonly Queue<IEnvironment> _kept = [];
    private CancellationToken _lifetime;
    private int _keptTask;
    private bool _abandoned;

    /// <summary>Starts the thread, without environments.</summary>
    /// <param name="parts">Dependencies of the role.</param>
    /// <param name="failure">Creates the exception for a hung environment. Called at most once.</param>
    public EvaluationEnvironments(RunParts parts, Func<TimeoutException> failure)
    {
        (_parts, _failure) = (parts, failure);
        _stopping = new CancellationTokenSource(Timeout.InfiniteTimeSpan, parts.Time);
        _interrupt = parts.Interrupt.Register(() => _stopping.CancelAfter(s_grace));
        _thread = new Thread(DoCalls) { Name = "evaluation", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Begins an evaluation.</summary>
    /// <param name="lifetime">Cancelled when the evaluator's incarnation ends; ends injected hangs.</param>
    public void Begin(CancellationToken lifetime)
    {
        _lifetime = lifetime;
    }

    /// <summary>A kept environment of the task, or a new one. Its disposal ends its use.</summary>
    /// <param name="task">Index of the task.</param>
    public IEnvironment Create(int task)
    {
        if (task != _keptTask)
        {
            DisposeKept();
            _keptTask = task;
        }

        var environment = _kept.TryDequeue(out var kept)
            ? kept
            : Call(() => Tasks.Create(_parts.Experiment.Task, task, _parts.Settings.EnvironmentTimeouts, _parts.WarnOnce));
        return new Proxy(this, environment);
    }

    /// <summary>Disposes the kept environments and ends the thread after its queued calls.</summary>
    public void Dispose()
    {
        foreach (var environment in _kept)
        {
            _calls.Add(environment.Dispose);
        }

        _calls.CompleteAdding();
        if (!_abandoned)
        {
            // A process that ends while OpenGL is in use on another thread can crash.
            _thread.Join(s_grace);
        }

        _interrupt.Dispose();
        _stopping.Dispose();
    }

    private void DoCalls()
    {
        foreach (var call in _calls.GetConsumingEnumerable())
        {
            call();
        }

        _calls.Dispose();
    }

    private T Call<T>(Func<T> call)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);

        // Started before the call is queued, so that the timeout is already running when the call begins.
        var waiting = result.Task.WaitAsync(TimeSpan.FromSeconds(_parts.Settings.EnvironmentTimeoutSeconds), _parts.Time, _stopping.Token);
        _calls.Add(() =>
        {
            try
            {
                result.SetResult(call());
            }
            catch (Exception failure)
            {
                result.SetException(failure);
            }
        });
        try
        {
#pragma warning disable VSTHRD002 // Evaluations are synchronous. The result comes from a thread that does not wait for this one.
            return waiting.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        }
        catch (TimeoutException) when (!result.Task.IsFaulted)
        {
            _abandoned = true;
            throw _failure();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested && !result.Task.IsCompleted)
        {
            // The run stops and is saved without this evaluation.
            _abandoned = true;
            throw;
        }
    }

    private void DisposeKept()
    {
        while (_kept.TryDequeue(out var environment))
        {
            DisposeOnThread(environment);
        }
    }

    // On an abandoned thread the call is queued behind a hung one and never runs, so waiting for it would be useless.
    private void DisposeOnThread(IEnvironment environment)
    {
        if (_abandoned)
        {
            _calls.Add(environment.Dispose);
            return;
        }

        Call(() =>
        {
            environment.Dispose();
            return true;
        });
    }

    /// <summary>Forwards calls to an environment on the dedicated thread.</summary>
    private sealed class Proxy(EvaluationEnvironments owner, IEnvironment inner) : IConcurrentEnvironment
    {
        private readonly IConcurrentEnvironment? _concurrent = inner as IConcurrentEnvironment;
        private StepResult? _taken;

        public EnvironmentSpec Spec { get; } = inner.Spec;

        public Observation Reset(ulong seed) => owner.Call(() =>
        {
            owner._parts.Faults.Reach(FaultPoint.EvaluatorReset, owner._lifetime);
            return inner.Reset(seed);
        });

        public StepResult Step(ReadOnlySpan<float> action)
        {
            BeginStep(action);
            return EndStep();
        }

        public void BeginStep(ReadOnlySpan<float> action)
        {
            float[] sent = [.. action];
            _taken = owner.Call<StepResult?>(() =>
            {
                owner._parts.Faults.Reach(FaultPoint.EvaluatorStep, owner._lifetime);
                if (_concurrent is null)
                {
                    return inner.Step(sent);
                }

                _concurrent.BeginStep(sent);
                return null;
            });
        }

        public StepResult EndStep() => _taken ?? owner.Call(_concurrent!.EndStep);

        public void Dispose()
        {
            // An environment in a process of its own costs this one nothing to create again, and would hold memory until then.
            if (owner._abandoned || _concurrent is not null)
            {
                owner.DisposeOnThread(inner);
            }
            else
            {
                owner._kept.Enqueue(inner);
            }
        }
    }
}
