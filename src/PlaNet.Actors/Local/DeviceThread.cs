using System.Collections.Concurrent;

namespace PlaNet.Actors.Local;

/// <summary>A thread of a name that does work in order: what a device or a simulator that knows only one thread needs.</summary>
internal sealed class DeviceThread
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public DeviceThread(string name)
    {
        Name = name;
        new Thread(DoWork) { Name = name, IsBackground = true }.Start();
    }

    public string Name { get; }

    /// <summary>Completes when <see cref="Close"/> was called and all work is done.</summary>
    public Task Done => _done.Task;

    /// <summary>Adds work, which must not throw.</summary>
    /// <returns>False when the thread is closed.</returns>
    public bool TryPost(Action work)
    {
        try
        {
            _work.Add(work);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    public void Close() => _work.CompleteAdding();

    private void DoWork()
    {
        foreach (var work in _work.GetConsumingEnumerable())
        {
            work();
        }

        _done.SetResult();
    }
}
