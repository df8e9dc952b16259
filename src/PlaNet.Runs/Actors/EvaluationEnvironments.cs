using System.Collections.Concurrent;
using PlaNet.Environments;
using PlaNet.Runs.Faults;
using PlaNet.Runs.Playing;

namespace PlaNet.Runs.Actors;

/// <summary>
/// The environments of one evaluation, all on a thread of their own. Who plays waits for each call as long as environments are given, then
/// fails, and leaves the thread alone with it.
/// </summary>
internal sealed class EvaluationEnvironments : IDisposable
{
    // What an environment has once the run is to stop: far more than a step, and less than a person waits.
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    private readonly RunParts _parts;
    private readonly Func<TimeoutException> _hangs;
    private readonly CancellationToken _life;
    private readonly BlockingCollection<Action> _calls = [];
    private readonly CancellationTokenSource _late;
    private readonly CancellationTokenRegistration _interrupt;
    private bool _abandoned;

    /// <summary>None yet.</summary>
    /// <param name="parts">What the run is made with.</param>
    /// <param name="hangs">Asked, once at most, what to fail with when an environment hangs.</param>
    /// <param name="life">Ends an injected hang: the life of the evaluator's incarnation.</param>
    public EvaluationEnvironments(RunParts parts, Func<TimeoutException> hangs, CancellationToken life)
    {
        (_parts, _hangs, _life) = (parts, hangs, life);
        _late = new CancellationTokenSource(Timeout.InfiniteTimeSpan, parts.Time);
        _interrupt = parts.Interrupt.Register(() => _late.CancelAfter(s_grace));
        new Thread(DoCalls) { Name = "evaluation", IsBackground = true }.Start();
    }

    /// <summary>Makes an environment.</summary>
    /// <param name="task">Which task.</param>
    public IEnvironment Create(int task) => new Distant(this, Call(() => Tasks.Create(_parts.Experiment.Task, task, _parts.Settings.EnvironmentPatience)));

    /// <summary>Lets the thread end when it has done what it was told.</summary>
    public void Dispose()
    {
        _calls.CompleteAdding();
        _interrupt.Dispose();
        _late.Dispose();
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
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);

        // The time is running when the call begins.
        var waiting = answer.Task.WaitAsync(TimeSpan.FromSeconds(_parts.Settings.EnvironmentTimeoutSeconds), _parts.Time, _late.Token);
        _calls.Add(() =>
        {
            try
            {
                answer.SetResult(call());
            }
            catch (Exception failure)
            {
                answer.SetException(failure);
            }
        });
        try
        {
#pragma warning disable VSTHRD002 // An evaluation is played synchronously; the answer comes from another thread, which waits for nobody.
            return waiting.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        }
        catch (TimeoutException) when (!answer.Task.IsFaulted)
        {
            _abandoned = true;
            throw _hangs();
        }
        catch (OperationCanceledException) when (_late.IsCancellationRequested && !answer.Task.IsCompleted)
        {
            // The run is saved without it.
            _abandoned = true;
            throw;
        }
    }

    // Behind a call that hangs it never runs, and is not waited for.
    private void End(IEnvironment environment)
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

    /// <summary>An environment as who plays it sees it.</summary>
    private sealed class Distant(EvaluationEnvironments all, IEnvironment near) : IConcurrentEnvironment
    {
        private readonly IConcurrentEnvironment? _concurrent = near as IConcurrentEnvironment;
        private StepResult? _taken;

        public EnvironmentSpec Spec { get; } = near.Spec;

        public Observation Reset(ulong seed) => all.Call(() =>
        {
            all._parts.Faults.Reach(FaultPoint.EvaluatorReset, all._life);
            return near.Reset(seed);
        });

        public StepResult Step(ReadOnlySpan<float> action)
        {
            BeginStep(action);
            return EndStep();
        }

        public void BeginStep(ReadOnlySpan<float> action)
        {
            float[] sent = [.. action];
            _taken = all.Call<StepResult?>(() =>
            {
                all._parts.Faults.Reach(FaultPoint.EvaluatorStep, all._life);
                if (_concurrent is null)
                {
                    return near.Step(sent);
                }

                _concurrent.BeginStep(sent);
                return null;
            });
        }

        public StepResult EndStep() => _taken ?? all.Call(_concurrent!.EndStep);

        public void Dispose() => all.End(near);
    }
}
