using System.Collections.Concurrent;

namespace PlaNet.Runs.Actors;

/// <summary>
/// Named threads that each do their work in order, for devices and simulators that are bound to one thread. Several actors can share a
/// thread, which Akka's dispatchers do not support. Thread-safe.
/// </summary>
internal sealed class DeviceThreads
{
    private readonly Dictionary<string, DeviceThread> _threads = new(StringComparer.Ordinal);
    private bool _closed;

    /// <summary>Queues work on a thread. The work must not throw. The first work of a thread starts it.</summary>
    /// <exception cref="ObjectDisposedException"><see cref="CloseAsync"/> was called.</exception>
    public void Post(string thread, Action work)
    {
        lock (_threads)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (!_threads.TryGetValue(thread, out var found))
            {
                _threads[thread] = found = new DeviceThread(thread);
            }

            found.Work.Add(work);
        }
    }

    /// <summary>Rejects further work.</summary>
    /// <returns>A task that completes when all queued work is done.</returns>
    public Task CloseAsync()
    {
        lock (_threads)
        {
            _closed = true;
            foreach (var thread in _threads.Values)
            {
                thread.Work.CompleteAdding();
            }

            return Task.WhenAll(_threads.Values.Select(thread => thread.Done));
        }
    }

    private sealed class DeviceThread
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public DeviceThread(string name)
        {
            new Thread(DoWork) { Name = name, IsBackground = true }.Start();
        }

        public BlockingCollection<Action> Work { get; } = [];

        public Task Done => _done.Task;

        private void DoWork()
        {
            foreach (var work in Work.GetConsumingEnumerable())
            {
                work();
            }

            _done.SetResult();
        }
    }
}
